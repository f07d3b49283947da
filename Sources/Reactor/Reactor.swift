import CLinux
import Glibc
import Synchronization

/// One thread that waits for descriptors and deadlines, and runs every job of the actors that name it as their
/// executor.
///
/// All modules, their lines and the broker's socket live on one reactor. A call from one of its actors to another is
/// then a plain function call, without a lock, a queue or a wake-up; and what happened in one turn of the loop (twenty
/// messages from the broker, answers on a hundred lines) can be committed and sent together at the turn's end.
///
/// Tasks of these actors are made with the reactor as their preferred executor too: a continuation is resumed on a
/// task's own executor before it hops to its actor's, and by default that is a thread of the pool and back.
///
/// Unchecked: what other threads may touch is behind `inbox`; all else belongs to the reactor's own thread.
///
/// Nothing that runs here may block. What must block has a `WorkerThread`.
package final class Reactor: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// What a descriptor is watched for, and what it was found to be.
    package struct Readiness: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let readable = Readiness(rawValue: CLINUX_READABLE)
        package static let writable = Readiness(rawValue: CLINUX_WRITABLE)
        /// The peer is gone or the device is: reported whether asked for or not.
        package static let hungUp = Readiness(rawValue: CLINUX_HUNG_UP)
        // Written as literals, these would be made of an array, each time: 2 % of the samples at 1,000 lines.
        package static let bothWays = Readiness(rawValue: CLINUX_READABLE | CLINUX_WRITABLE)
        /// There is something to read, be it the end.
        package static let incoming = Readiness(rawValue: CLINUX_READABLE | CLINUX_HUNG_UP)
    }

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var stopped = false
        /// True while a wake-up is on its way, so that a burst of jobs costs one.
        var signalled = false
    }

    private let epoll: Int32
    private let wakeUp: Int32
    private let inbox = Mutex(Inbox())
    /// The thread, once it runs; 0 before.
    private let thread = Atomic<pthread_t>(0)

    // All below belongs to the thread.
    private var ready: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var watches: [Int32: Watch] = [:]
    private var endOfTurn: [@Sendable () -> Void] = []
    private let timers = TimerHeap()
    /// What had come by this moment has been handed on.
    private var lastLook = SystemClock.instant

    package init(name: String) {
        epoll = clinux_epoll_create()
        wakeUp = clinux_eventfd()
        precondition(epoll >= 0 && wakeUp >= 0, "cannot make an event loop: \(SystemError.last("epoll_create"))")
        clinux_epoll_add(epoll, wakeUp, CLINUX_READABLE)
        spawnThread(name: name) { self.loop() }
    }

    deinit {
        close(epoll)
        close(wakeUp)
    }

    /// Ends the thread after the jobs that are already waiting. Actors of a stopped reactor never run again.
    package func stop() {
        inbox.withLock { $0.stopped = true }
        signal()
    }

    // MARK: Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            ready.append(job)
            return
        }
        let needsSignal = inbox.withLock { inbox in
            inbox.jobs.append(job)
            defer { inbox.signalled = true }
            return !inbox.signalled
        }
        if needsSignal { signal() }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        unsafe UnownedTaskExecutor(ordinary: self)
    }

    /// Lets `assumeIsolated` succeed in the handlers below, which run on the thread but outside any job.
    package func checkIsolated() {
        precondition(isCurrent, "not on the reactor's thread")
    }

    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    package var isCurrent: Bool { thread.load(ordering: .relaxed) == pthread_self() }

    // MARK: Descriptors

    private final class Watch {
        var interest: Readiness
        let handler: @Sendable (Readiness) -> Void

        init(interest: Readiness, handler: @escaping @Sendable (Readiness) -> Void) {
            self.interest = interest
            self.handler = handler
        }
    }

    /// Calls the handler on the thread whenever the descriptor is ready, until `unwatch`.
    package func watch(
        _ descriptor: Int32, for interest: Readiness, handler: @escaping @Sendable (Readiness) -> Void
    ) throws(SystemError) {
        checkIsolated()
        guard clinux_epoll_add(epoll, descriptor, interest.rawValue) == 0 else {
            throw .last("watch descriptor \(descriptor)")
        }
        watches[descriptor] = Watch(interest: interest, handler: handler)
    }

    package func rewatch(_ descriptor: Int32, for interest: Readiness) {
        checkIsolated()
        guard let watch = watches[descriptor], watch.interest != interest else { return }
        watch.interest = interest
        clinux_epoll_modify(epoll, descriptor, interest.rawValue)
    }

    package func unwatch(_ descriptor: Int32) {
        checkIsolated()
        guard watches.removeValue(forKey: descriptor) != nil else { return }
        clinux_epoll_remove(epoll, descriptor)
    }

    /// Calls the hook once, when the current turn has no more work: the place to send together what was gathered.
    package func atEndOfTurn(_ hook: @escaping @Sendable () -> Void) {
        checkIsolated()
        endOfTurn.append(hook)
    }

    // MARK: The loop

    private func loop() {
        thread.store(pthread_self(), ordering: .relaxed)
        var events = [clinux_event](repeating: clinux_event(), count: 256)
        while true {
            runReadyJobs()
            fireTimers()
            finishTurn()
            let stopped = takeInbox()
            guard ready.isEmpty else { continue }
            if stopped { return }
            let timeout = timers.first.map { max(0, ($0 - now).inNanoseconds) } ?? -1
            let count = unsafe events.withUnsafeMutableBufferPointer {
                unsafe clinux_epoll_wait(epoll, $0.baseAddress, Int32($0.count), timeout)
            }
            if count >= 0 { lastLook = now }
            for index in 0..<max(0, Int(count)) { dispatch(events[index]) }
        }
    }

    private func dispatch(_ event: clinux_event) {
        let descriptor = event.descriptor
        if descriptor == wakeUp {
            var value: UInt64 = 0
            unsafe read(wakeUp, &value, 8)
            return
        }
        // An earlier event of this turn may have unwatched it.
        watches[descriptor]?.handler(Readiness(rawValue: event.readiness))
    }

    private func runReadyJobs() {
        while !ready.isEmpty {
            swap(&ready, &running)
            for job in running {
                unsafe job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
            running.removeAll(keepingCapacity: true)
        }
    }

    /// Never ahead of what came before the deadline: on a busy machine, or after a stop, an answer that waits to be
    /// read would be given up otherwise.
    private func fireTimers() {
        while let timer = timers.popDue(at: lastLook) { timer.action() }
    }

    private func finishTurn() {
        // Hooks may make jobs, and jobs hooks; both end before the thread sleeps.
        while !endOfTurn.isEmpty || !ready.isEmpty {
            runReadyJobs()
            let hooks = endOfTurn
            endOfTurn.removeAll(keepingCapacity: true)
            for hook in hooks { hook() }
        }
    }

    /// Moves jobs from other threads over; true when the reactor was asked to stop.
    private func takeInbox() -> Bool {
        inbox.withLock { inbox in
            ready.append(contentsOf: inbox.jobs)
            inbox.jobs.removeAll(keepingCapacity: true)
            inbox.signalled = false
            return inbox.stopped
        }
    }

    private func signal() {
        var one: UInt64 = 1
        unsafe write(wakeUp, &one, 8)
    }
}

extension Reactor: TimeSource {
    package var now: Instant { SystemClock.instant }
    package var timestamp: Timestamp { SystemClock.timestamp }

    @discardableResult
    package func schedule(at deadline: Instant, _ action: @escaping @Sendable () -> Void) -> Timer {
        checkIsolated()
        let timer = Timer(deadline: deadline, action: action)
        timers.insert(timer)
        return timer
    }
}
