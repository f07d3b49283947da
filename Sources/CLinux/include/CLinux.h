/* What Linux has and Swift's Glibc module leaves out. Declarations only; the wrappers are in Swift. */
#ifndef CLINUX_H
#define CLINUX_H

#include <stdint.h>
#include <sys/ioctl.h>

/* Hidden behind _GNU_SOURCE, which Swift's own import of pthread.h does not set. */
void clinux_name_thread(const char *name);

/* epoll without its union: a descriptor is all that an event carries. */
struct clinux_event {
    int32_t descriptor;
    uint32_t readiness;
};
#define CLINUX_READABLE 0x001u /* EPOLLIN */
#define CLINUX_WRITABLE 0x004u /* EPOLLOUT */
#define CLINUX_HUNG_UP 0x018u  /* EPOLLERR | EPOLLHUP */

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int descriptor, uint32_t interest);
int clinux_epoll_modify(int epoll, int descriptor, uint32_t interest);
int clinux_epoll_remove(int epoll, int descriptor);
/* Nanoseconds; a negative timeout waits for ever. */
int clinux_epoll_wait(int epoll, struct clinux_event *events, int capacity, int64_t timeout_nanoseconds);
int clinux_eventfd(void);

/* Variadic in C, so not callable from Swift. */
int clinux_ioctl_int(int descriptor, unsigned long request, int *value);
int clinux_ioctl_none(int descriptor, unsigned long request);
int clinux_set_low_latency(int descriptor);
int clinux_open(const char *path, int flags, int mode);

/* The far end of a new pseudo-terminal, nonblocking; the host's end is /dev/pts/NUMBER, unlocked. */
int clinux_open_pseudo_terminal(int *number);

/* Pages that the allocator keeps and nobody uses. */
void clinux_give_back_memory(void);

/* From the usual 1,024 to what the administrator permits: every line needs one. */
void clinux_allow_all_descriptors(void);

#endif
