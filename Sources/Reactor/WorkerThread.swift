import Glibc
import Synchronization

/// An executor with a thread of its own, for an actor whose work blocks: the database, or connecting to a host.
///
/// Unchecked: its jobs are touched under the mutex only.
@safe package final class WorkerThread: SerialExecutor, @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [UnownedJob] = []
    private var stopped = false
    /// The thread, once it runs; 0 before.
    private let thread = Atomic<pthread_t>(0)

    package init(name: String) {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
        spawnThread(name: name) { self.loop() }
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe pthread_cond_destroy(condition)
        unsafe mutex.deallocate()
        unsafe condition.deallocate()
    }

    /// Ends the thread after the jobs that are already waiting.
    package func stop() {
        unsafe pthread_mutex_lock(mutex)
        stopped = true
        unsafe pthread_cond_signal(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        unsafe pthread_mutex_lock(mutex)
        jobs.append(job)
        unsafe pthread_cond_signal(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        precondition(thread.load(ordering: .relaxed) == pthread_self(), "not on the worker's thread")
    }

    private func loop() {
        thread.store(pthread_self(), ordering: .relaxed)
        while true {
            unsafe pthread_mutex_lock(mutex)
            while jobs.isEmpty && !stopped { unsafe pthread_cond_wait(condition, mutex) }
            let taken = jobs
            jobs.removeAll(keepingCapacity: true)
            unsafe pthread_mutex_unlock(mutex)
            if taken.isEmpty { return }
            for job in taken { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }
}
