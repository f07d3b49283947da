import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// Runs with `make test-long` only: takes minutes, and needs a machine that does nothing else.
    static var long: Self {
        .enabled("make test-long runs it") { unsafe getenv("NARROWBRIDGE_LONG_TESTS") != nil }
    }
}
