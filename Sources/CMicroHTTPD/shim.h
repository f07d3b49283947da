#include <microhttpd.h>
#include <stdint.h>
#include <sys/socket.h>

/* Under names that do not depend on how enumerations are imported. */
static const enum MHD_Result cmhd_yes = MHD_YES;
static const enum MHD_Result cmhd_no = MHD_NO;
static const enum MHD_RequestTerminationCode cmhd_completed = MHD_REQUEST_TERMINATED_COMPLETED_OK;
static const enum MHD_ResponseMemoryMode cmhd_copied = MHD_RESPMEM_MUST_COPY;
static const uint64_t cmhd_size_unknown = MHD_SIZE_UNKNOWN;
static const enum MHD_ValueKind cmhd_header = MHD_HEADER_KIND;

/* Variadic in C, so not callable from Swift. */
static inline struct MHD_Daemon *cmhd_start(int listening, unsigned int timeout, unsigned int connections,
                                            MHD_AccessHandlerCallback answer, MHD_RequestCompletedCallback completed,
                                            void *server) {
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, server,
                            MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_CONNECTION_TIMEOUT, timeout,
                            MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_NOTIFY_COMPLETED, completed, server,
                            MHD_OPTION_END);
}

/* Without a thread of its own: runs when its epoll descriptor is ready and when a time limit is over. */
static inline struct MHD_Daemon *cmhd_start_polled(int listening, unsigned int timeout, unsigned int connections,
                                                   MHD_AccessHandlerCallback answer,
                                                   MHD_RequestCompletedCallback completed, void *server) {
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, answer, server,
                            MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_CONNECTION_TIMEOUT, timeout,
                            MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_NOTIFY_COMPLETED, completed, server,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

static inline int cmhd_epoll(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

static inline const struct sockaddr *cmhd_peer(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}
