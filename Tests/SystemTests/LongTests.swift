import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// Runs with `make test-long` only: takes minutes, mostly of waiting.
    static var long: Self {
        .enabled("make test-long runs it") { unsafe getenv("NARROWBRIDGE_LONG_TESTS") != nil }
    }
}
