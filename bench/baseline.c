/* The least that a durable bridge can be: one thread, one epoll, libmosquitto, and a journal that is synced before an
 * uplink is acknowledged, and after downlinks have gone. No time-outs, no reconnects, no outcomes, no recovery: it
 * shows what the machine takes for the work itself.
 *
 *     baseline PORT JOURNAL BAUD NAME=DEVICE...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mosquitto.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { longest = 1024, journalSize = 16 << 20 };

struct uplink {
    struct uplink *next;
    int length;
    uint8_t payload[];
};

struct module {
    const char *name;
    char downTopic[96];
    int descriptor, held, step;
    bool isBusy;
    struct uplink *first, **end;
    char line[2 * longest + 64];
};

static const char *const bringUp[] = {"ATE0", "AT+NNMI=1", "AT+NCDPOPEN=\"127.0.0.1\",5683"};
enum { steps = 3, ready = steps + 1 };

static struct module *modules;
static int moduleCount, journal;
static struct mosquitto *client;
static uint8_t *pendingJournal;
static size_t pendingSize, pendingRoom, journalOffset;
/* An uplink has come, whose acknowledgement must wait for the disk. */
static bool holdsUplink;

static void die(const char *what) {
    perror(what);
    exit(1);
}

/* ---- journal ---- */

static void note(const struct module *m, const uint8_t *payload, int length) {
    uint32_t head[2] = {(uint32_t)(m - modules), (uint32_t)length};
    size_t size = sizeof head + length;
    if (pendingSize + size > pendingRoom) pendingJournal = realloc(pendingJournal, pendingRoom = 2 * (pendingSize + size));
    memcpy(pendingJournal + pendingSize, head, sizeof head);
    memcpy(pendingJournal + pendingSize + sizeof head, payload, length);
    pendingSize += size;
}

/* Begins again at the front when it is full: what is written over was sent long ago. */
static void save(void) {
    if (!pendingSize) return;
    if (journalOffset + pendingSize > journalSize) journalOffset = 0;
    if (pwrite(journal, pendingJournal, pendingSize, journalOffset) != (ssize_t)pendingSize || fdatasync(journal)) die("journal");
    journalOffset += pendingSize;
    pendingSize = 0;
}

/* ---- modules ---- */

static void command(struct module *m, const char *text, int length) {
    m->isBusy = true;
    if (write(m->descriptor, text, length) != length) die("write to the module");
}

static void sendNext(struct module *m) {
    static const char digits[] = "0123456789ABCDEF";
    struct uplink *u = m->first;
    if (m->step < ready || m->isBusy || !u) return;
    char text[2 * longest + 32];
    int n = sprintf(text, "AT+NMGS=%d,", u->length);
    for (int i = 0; i < u->length; i++) text[n++] = digits[u->payload[i] >> 4], text[n++] = digits[u->payload[i] & 15];
    text[n++] = '\r';
    command(m, text, n);
}

static void begin(struct module *m) {
    char text[64];
    command(m, text, sprintf(text, "%s\r", bringUp[m->step]));
}

static int digit(int c) { return c >= '0' && c <= '9' ? c - '0' : (c |= 32) >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static void takeDownlink(struct module *m, const char *line) {
    char *rest;
    long length = strtol(line + 7, &rest, 10);
    uint8_t payload[longest];
    if (*rest++ != ',' || length < 0 || length > longest || strlen(rest) < 2 * (size_t)length) return;
    for (long i = 0; i < length; i++) payload[i] = digit(rest[2 * i]) << 4 | digit(rest[2 * i + 1]);
    mosquitto_publish(client, NULL, m->downTopic, length, payload, 1, false);
    note(m, payload, length);
}

static void takeLine(struct module *m, char *line) {
    if (!strncmp(line, "+NNMI:", 6)) takeDownlink(m, line);
    else if (!strcmp(line, "+QLWEVTIND: 3")) {
        m->step = ready;
        sendNext(m);
    } else if (m->isBusy && (!strcmp(line, "OK") || strstr(line, "ERROR"))) {
        m->isBusy = false;
        if (m->step < steps) {
            if (++m->step < steps) begin(m);
        } else if (m->step == ready && m->first) {
            struct uplink *sent = m->first;
            if (!(m->first = sent->next)) m->end = &m->first;
            free(sent);
            sendNext(m);
        }
    }
}

static void hear(struct module *m) {
    ssize_t n = read(m->descriptor, m->line + m->held, sizeof m->line - 1 - m->held);
    if (n <= 0) {
        if (n < 0 && errno == EAGAIN) return;
        die("read from the module");
    }
    m->held += n;
    char *start = m->line, *end = m->line + m->held, *stop;
    while ((stop = memchr(start, '\n', end - start))) {
        char *last = stop;
        while (last > start && last[-1] == '\r') last--;
        *last = 0;
        while (*start == '\r') start++;
        if (*start) takeLine(m, start);
        start = stop + 1;
    }
    memmove(m->line, start, m->held = end - start);
    if (m->held == sizeof m->line - 1) m->held = 0;
}

static void openModule(struct module *m, char *argument, int baud, int epoll) {
    char *device = strchr(argument, '=');
    if (!device) die(argument);
    *device++ = 0;
    m->name = argument;
    m->end = &m->first;
    snprintf(m->downTopic, sizeof m->downTopic, "narrowbridge/%s/down", m->name);
    m->descriptor = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct termios raw;
    if (m->descriptor < 0 || tcgetattr(m->descriptor, &raw)) die(device);
    cfmakeraw(&raw);
    cfsetspeed(&raw, baud == 9600 ? B9600 : B115200);
    tcsetattr(m->descriptor, TCSANOW, &raw);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = m};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, m->descriptor, &e)) die("epoll");
    begin(m);
}

/* ---- MQTT ---- */

static void onConnect(struct mosquitto *c, void *object, int code) {
    (void)object;
    if (code) exit(1);
    mosquitto_subscribe(c, NULL, "narrowbridge/+/up", 1);
}

static void onMessage(struct mosquitto *c, void *object, const struct mosquitto_message *message) {
    (void)c, (void)object;
    const char *name = message->topic + strlen("narrowbridge/");
    /* modem-0042 */
    unsigned index = strlen(name) > 6 ? strtoul(name + 6, NULL, 10) : (unsigned long)moduleCount;
    if (index >= (unsigned)moduleCount || message->payloadlen > longest) return;
    struct module *m = &modules[index];
    struct uplink *u = malloc(sizeof *u + message->payloadlen);
    u->next = NULL;
    u->length = message->payloadlen;
    memcpy(u->payload, message->payload, u->length);
    *m->end = u;
    m->end = &u->next;
    note(m, u->payload, u->length);
    holdsUplink = true;
    sendNext(m);
}

static void check(int result) {
    if (!result) return;
    fprintf(stderr, "mqtt: %s\n", mosquitto_strerror(result));
    exit(1);
}

static void serve(int epoll) {
    struct epoll_event found[256];
    int n = epoll_wait(epoll, found, 256, 30000);
    for (int i = 0; i < n; i++) {
        if (found[i].data.ptr) {
            hear(found[i].data.ptr);
            continue;
        }
        char byte;
        do check(mosquitto_loop_read(client, 1));
        while (recv(mosquitto_socket(client), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1);
    }
    if (!n) mosquitto_loop_misc(client);
    /* Acknowledgements go after the disk has it: in threaded mode the library leaves the writing to us. */
    if (holdsUplink) save();
    holdsUplink = false;
    if (mosquitto_want_write(client)) check(mosquitto_loop_write(client, 1));
    save();
}

int main(int argc, char **argv) {
    if (argc < 5) return fprintf(stderr, "usage: baseline PORT JOURNAL BAUD NAME=DEVICE...\n"), 2;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    journal = open(argv[2], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (journal < 0) die(argv[2]);
    mosquitto_lib_init();
    client = mosquitto_new("narrowbridge-baseline", false, NULL);
    mosquitto_threaded_set(client, true);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_max_inflight_messages_set(client, 100);
    mosquitto_connect_callback_set(client, onConnect);
    mosquitto_message_callback_set(client, onMessage);
    check(mosquitto_connect(client, "127.0.0.1", atoi(argv[1]), 60));
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, mosquitto_socket(client), &e);
    moduleCount = argc - 4;
    modules = calloc(moduleCount, sizeof *modules);
    for (int i = 0; i < moduleCount; i++) openModule(&modules[i], argv[4 + i], atoi(argv[3]), epoll);
    for (;;) serve(epoll);
}
