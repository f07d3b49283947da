import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// Runs with `make test-long` only: takes many minutes, needs a machine that does nothing else, and is not steady
    /// yet where all of it runs side by side.
    static var long: Self {
        .enabled("make test-long runs it") { unsafe getenv("NARROWBRIDGE_LONG_TESTS") != nil }
    }
}
