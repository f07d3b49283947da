#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/serial.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

_Static_assert(CLINUX_READABLE == EPOLLIN && CLINUX_WRITABLE == EPOLLOUT && CLINUX_HUNG_UP == (EPOLLERR | EPOLLHUP),
               "the readiness bits are epoll's");

int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int descriptor, uint32_t interest) {
    struct epoll_event event = {.events = interest, .data.fd = descriptor};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

int clinux_epoll_add(int epoll, int descriptor, uint32_t interest) {
    return control(epoll, EPOLL_CTL_ADD, descriptor, interest);
}

int clinux_epoll_modify(int epoll, int descriptor, uint32_t interest) {
    return control(epoll, EPOLL_CTL_MOD, descriptor, interest);
}

int clinux_epoll_remove(int epoll, int descriptor) { return control(epoll, EPOLL_CTL_DEL, descriptor, 0); }

/* Kernels before 5.11 know milliseconds only: rounded up, for a timer that is waited for a little too long is due. */
static int wait_for(int epoll, struct epoll_event *found, int capacity, int64_t nanoseconds) {
    struct timespec timeout = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    int count = epoll_pwait2(epoll, found, capacity, nanoseconds < 0 ? 0 : &timeout, 0);
    if (count >= 0 || errno != ENOSYS) return count;
    int64_t milliseconds = nanoseconds / 1000000 + (nanoseconds % 1000000 > 0);
    return epoll_wait(epoll, found, capacity, nanoseconds < 0 ? -1 : milliseconds < INT_MAX ? (int)milliseconds : INT_MAX);
}

int clinux_epoll_wait(int epoll, struct clinux_event *events, int capacity, int64_t timeout_nanoseconds) {
    enum { most = 256 };
    struct epoll_event found[most];
    int count = wait_for(epoll, found, capacity < most ? capacity : most, timeout_nanoseconds);
    for (int i = 0; i < count; i++) events[i] = (struct clinux_event){found[i].data.fd, found[i].events};
    return count;
}

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_ioctl_int(int descriptor, unsigned long request, int *value) { return ioctl(descriptor, request, value); }

int clinux_ioctl_none(int descriptor, unsigned long request) { return ioctl(descriptor, request); }

int clinux_set_low_latency(int descriptor) {
    struct serial_struct serial;
    if (ioctl(descriptor, TIOCGSERIAL, &serial)) return -1;
    serial.flags |= ASYNC_LOW_LATENCY;
    return ioctl(descriptor, TIOCSSERIAL, &serial);
}

int clinux_open(const char *path, int flags, int mode) { return open(path, flags, mode); }

int clinux_open_pseudo_terminal(int *number) {
    int unlocked = 0;
    int descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return -1;
    if (!ioctl(descriptor, TIOCSPTLCK, &unlocked) && !ioctl(descriptor, TIOCGPTN, number)) return descriptor;
    int reason = errno;
    close(descriptor);
    errno = reason;
    return -1;
}

void clinux_give_back_memory(void) { malloc_trim(0); }

void clinux_allow_all_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}
