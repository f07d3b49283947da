import Store

/// What was asked for by commands and outlives the line and the bridge.
extension Module {
    private static let wishKey = "wish"
    private static let lifetimeKey = "lifetime"

    func wish(_ wish: Wish) {
        self.wish = wish
        record(Self.wishKey, wish == .stopped ? wish.rawValue : nil)
    }

    /// Holds until the configured one changes: then that is the newer wish.
    func wish(lifetime: Int) {
        lifetimeWish = lifetime
        record(Self.lifetimeKey, "\(settings.lifetime) \(lifetime)")
    }

    func remember(_ journal: [String: [UInt8]]) {
        if text(journal[Self.wishKey]) == Wish.stopped.rawValue { wish = .stopped }
        guard let entry = text(journal[Self.lifetimeKey]) else { return }
        let numbers = entry.split(separator: " ").compactMap { Int($0) }
        if numbers.count == 2, numbers[0] == settings.lifetime {
            lifetimeWish = numbers[1]
        } else {
            record(Self.lifetimeKey, nil)
        }
    }

    /// The configuration with what was asked for since.
    var wishedSettings: ModuleSettings {
        var settings = settings
        settings.lifetime = lifetimeWish ?? settings.lifetime
        return settings
    }

    private func record(_ key: String, _ value: String?) {
        services.journal.record(.journal(module: number, key: key, value: value.map { Array($0.utf8) }), .now)
    }

    private func text(_ value: [UInt8]?) -> String? { value.map { String(decoding: $0, as: UTF8.self) } }
}
