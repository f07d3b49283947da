import Glibc

/// A system call that failed: what was tried, on what, and the kernel's reason. The only place where errno is read.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    package let code: Int32
    package let operation: String

    package init(code: Int32, operation: String) {
        self.code = code
        self.operation = operation
    }

    /// The error of the call that has just failed.
    package static func last(_ operation: String) -> SystemError {
        SystemError(code: errno, operation: operation)
    }

    package var reason: String { unsafe String(cString: strerror(code)) }

    package var description: String { "\(operation): \(reason)" }
}
