/// A line that moves bytes and knows nothing of what they mean. All calls and handlers are on the reactor's thread.
///
/// A port lives until it is closed or has hung up: who opens one closes it.
package protocol Port: AnyObject, Sendable {
    /// Never blocks: what the kernel does not take at once is queued and written when it can be.
    func write(_ bytes: [UInt8])
    /// No handler is called afterwards. What is still queued is dropped.
    func close()
}

/// What a port tells its owner.
@safe package struct PortHandlers: Sendable {
    /// The bytes are valid during the call only.
    package var received: @Sendable (UnsafeRawBufferPointer) -> Void
    /// Called at most once, when the line is gone; the port has closed itself.
    package var closed: @Sendable (PortError) -> Void
    /// Keeps what is read over the death of the process, until its owner clears it.
    package var inbox: LineInbox?

    @safe package init(
        received: @escaping @Sendable (UnsafeRawBufferPointer) -> Void,
        closed: @escaping @Sendable (PortError) -> Void,
        inbox: LineInbox? = nil
    ) {
        unsafe self.received = received
        self.closed = closed
        self.inbox = inbox
    }
}
