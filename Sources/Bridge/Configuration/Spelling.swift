/// Guesses which word was meant by one that is not known.
enum Spelling {
    /// The nearest word, if it is near enough to be more help than noise.
    static func nearest(to word: String, among words: [String]) -> String? {
        let limit = max(1, word.utf8.count / 3)
        let ranked = words.map { (word: $0, distance: distance(word, $0)) }.sorted {
            ($0.distance, $0.word) < ($1.distance, $1.word)
        }
        if let best = ranked.first, best.distance <= limit { return best.word }
        // "password" for "password_file".
        guard word.utf8.count >= 3 else { return nil }
        return ranked.first { $0.word.hasPrefix(word) || word.hasPrefix($0.word) }?.word
    }

    /// Letters to insert, delete, replace or swap with their neighbour until one word is the other.
    static func distance(_ first: String, _ second: String) -> Int {
        let a = Array(first.utf8.prefix(64))
        let b = Array(second.utf8.prefix(64))
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
