import CLinux

/// What concerns the process as a whole.
package enum Process {
    /// Raises the limit of open descriptors as far as it goes: a thousand lines are more than the usual 1,024 allow.
    package static func allowAllDescriptors() { clinux_allow_all_descriptors() }

    /// Returns to the system what a burst has left unused in the allocator.
    package static func giveBackMemory() { clinux_give_back_memory() }
}
