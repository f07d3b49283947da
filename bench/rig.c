/* Both ends of a bridge in one process and on one clock: modules on pseudo-terminals, and an MQTT client that sends to
 * them and hears from them. Reads orders from standard input, answers each with a line of JSON.
 *
 *     rig --modules 100 --links /tmp/x --port 18830 [--baud 9600]
 *     registered                            when every module has been registered
 *     listening                             when an uplink gets through
 *     run UPS RATE DOWNS RATE SIZE LIMIT    so many messages each way, so many a second (0: as fast as they go)
 *
 * A message is its module (4 bytes), its number (4 bytes) and filler. With --baud every byte takes its ten bits both
 * ways; what is sent arrives with its last byte. */
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
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { longest = 1024, probe = 0x7fffffff };

struct module {
    int descriptor;
    char in[2 * longest + 64];
    int held;
    char *out;
    int outStart, outEnd, outSize;
    bool echoes, registered, wantsWrite;
    int64_t dueAt;    /* with --baud: when the command that is held is complete, and when its answer is */
    int64_t answered; /* when the last answer left */
    char answer[256];
    int lastUp;
    char name[24];
};

struct direction {
    int count, rate, begun, arrived, doubled, reordered;
    int64_t *sent, *took; /* took: latency, 0 while it is missing */
    int64_t first, last;
};

static struct module *modules;
static int moduleCount = 1, baud, registered, errors, epoll, size = 64;
static bool probeArrived;
static int64_t lastRegistered, *gaps, lineTime;
static int gapCount;
static struct direction up, down;
static int *lastDown;
static struct mosquitto *client;
static bool connected;
/* Published and not acknowledged: the library's queues are lists, and grow slow when long. */
static int unacknowledged;
static char firstError[160];

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void complain(struct module *m, const char *what, const char *line) {
    if (!errors++) snprintf(firstError, sizeof firstError, "%s: %s: %.60s", m->name, what, line);
    for (char *c = firstError; *c; c++) if (*c < ' ' || *c == '"' || *c == '\\') *c = '.';
}

/* ---- what arrived ---- */

static void arrived(struct direction *d, int *last, int module, int number, int64_t t) {
    if (number < 0 || number >= d->count) return;
    if (d->took[number]) { d->doubled++; return; }
    if (number < *last) d->reordered++;
    *last = number;
    d->took[number] = t - d->sent[number] > 0 ? t - d->sent[number] : 1;
    if (!d->arrived++) d->first = t;
    d->last = t;
    (void)module;
}

static uint32_t word(const uint8_t *b) { return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24; }

static void fill(uint8_t *payload, uint32_t module, uint32_t number, int length) {
    for (int i = 0; i < 4; i++) payload[i] = module >> 8 * i, payload[4 + i] = number >> 8 * i;
    for (int i = 8; i < length; i++) payload[i] = (uint8_t)(number + i);
}

static bool sound(const uint8_t *payload, int length) {
    uint32_t number = word(payload + 4);
    for (int i = 8; i < length; i++) if (payload[i] != (uint8_t)(number + i)) return false;
    return true;
}

/* ---- modules ---- */

static void flush(struct module *m) {
    while (m->outStart < m->outEnd) {
        ssize_t n = write(m->descriptor, m->out + m->outStart, m->outEnd - m->outStart);
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) die("write");
        m->outStart += n;
    }
    if (m->outStart == m->outEnd) m->outStart = m->outEnd = 0;
    bool wants = m->outEnd > 0;
    if (wants == m->wantsWrite) return;
    m->wantsWrite = wants;
    struct epoll_event e = {.events = EPOLLIN | (wants ? EPOLLOUT : 0), .data.ptr = m};
    epoll_ctl(epoll, EPOLL_CTL_MOD, m->descriptor, &e);
}

static void say(struct module *m, const char *text, int length) {
    if (m->outEnd + length > m->outSize) m->out = realloc(m->out, m->outSize = 2 * (m->outEnd + length));
    memcpy(m->out + m->outEnd, text, length);
    m->outEnd += length;
}

static int digit(int c) { return c >= '0' && c <= '9' ? c - '0' : (c |= 32) >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static const char *takeUplink(struct module *m, const char *line, int64_t t) {
    char *rest;
    long length = strtol(line + 8, &rest, 10);
    uint8_t payload[longest];
    if (*rest++ != ',' || length < 8 || length > longest) return "\r\n+CME ERROR: 50\r\n";
    for (long i = 0; i < length; i++) {
        int high = digit(rest[2 * i]), low = high < 0 ? -1 : digit(rest[2 * i + 1]);
        if (low < 0) { complain(m, "bad hex", line); return "\r\n+CME ERROR: 50\r\n"; }
        payload[i] = high << 4 | low;
    }
    int number = word(payload + 4);
    if (number == probe) { probeArrived = true; return "\r\nOK\r\n"; }
    if (word(payload) != (uint32_t)(m - modules) || length != size || !sound(payload, length)) complain(m, "foreign or broken uplink", line);
    arrived(&up, &m->lastUp, m - modules, number, t);
    return "\r\nOK\r\n";
}

static void answer(struct module *m, const char *line, int64_t t, char *buffer, int room) {
    const char *text = "\r\nOK\r\n";
    if (!strncmp(line, "AT+NMGS=", 8)) text = takeUplink(m, line, t);
    else if (!strcmp(line, "ATE0")) m->echoes = false;
    else if (!strcmp(line, "ATI")) text = "\r\nQuectel_Ltd\r\nQuectel_BC260Y-CN\r\nRevision: BC260YCNAAR02A04\r\n\r\nOK\r\n";
    else if (!strcmp(line, "AT+CGMR")) text = "\r\nBC260YCNAAR02A04\r\n\r\nOK\r\n";
    else if (!strcmp(line, "AT+CEREG?")) text = "\r\n+CEREG: 0,1\r\n\r\nOK\r\n";
    else if (!strcmp(line, "AT+CGPADDR?")) text = "\r\n+CGPADDR: 0,\"10.64.0.1\"\r\n\r\nOK\r\n";
    else if (!strcmp(line, "AT+CSQ")) text = "\r\n+CSQ: 20,0\r\n\r\nOK\r\n";
    else if (!strcmp(line, "AT+NMSTATUS?"))
        text = m->registered ? "\r\n+NMSTATUS: MO_DATA_ENABLED\r\n\r\nOK\r\n" : "\r\n+NMSTATUS: UNINITIALISED\r\n\r\nOK\r\n";
    else if (!strcmp(line, "AT+CGSN=1")) {
        snprintf(buffer, room, "\r\n+CGSN: 86662905%07d\r\n\r\nOK\r\n", (int)(m - modules));
        return;
    } else if (!strncmp(line, "AT+NCDPOPEN=", 12)) {
        text = "\r\nOK\r\n\r\n+QLWEVTIND: 0\r\n\r\n+QLWEVTIND: 3\r\n";
        if (!m->registered) {
            m->registered = true;
            registered++;
            lastRegistered = t;
        }
    } else if (strncmp(line, "AT", 2)) {
        complain(m, "no command", line);
        text = "\r\nERROR\r\n";
    }
    snprintf(buffer, room, "%s", text);
}

static int64_t wire(int bytes) { return baud ? bytes * 10000000000LL / baud : 0; }

/* One whole command is in `in`; with a speed, its answer is complete only later. */
static void command(struct module *m, int length, int64_t t) {
    m->in[length] = 0;
    if (m->echoes && strcmp(m->in, "ATE0")) say(m, m->in, length), say(m, "\r", 1);
    answer(m, m->in, t, m->answer, sizeof m->answer);
    if (!strncmp(m->in, "AT+NMGS=", 8) && baud) lineTime += wire(length + 1) + wire(strlen(m->answer));
    say(m, m->answer, strlen(m->answer));
    if (baud) return;
    flush(m);
}

static void hear(struct module *m) {
    int64_t t = now();
    ssize_t n = read(m->descriptor, m->in + m->held, sizeof m->in - 1 - m->held);
    if (n <= 0) return;
    if (baud) {
        if (m->dueAt) { complain(m, "sent before the answer was complete", m->in); return; }
        if (!m->held && m->answered && gaps && up.arrived && up.arrived < up.count) gaps[gapCount++] = t - m->answered;
        m->held += n;
        /* A command is complete when its last byte has come over the wire. */
        if (m->in[m->held - 1] == '\r') m->dueAt = t + wire(m->held);
        return;
    }
    m->held += n;
    char *end;
    while ((end = memchr(m->in, '\r', m->held))) {
        int length = end - m->in, left = m->held - length - 1;
        command(m, length, t);
        memmove(m->in, end + 1, m->held = left);
        if (m->held) complain(m, "sent before the answer was complete", m->in);
    }
}

/* The timers of a paced line: the command's last byte, then the answer's. */
static void tick(struct module *m, int64_t t) {
    if (!m->dueAt || m->dueAt > t) return;
    if (m->held) {
        int64_t end = m->dueAt;
        command(m, m->held - 1, end);
        m->held = 0;
        m->dueAt = end + wire(m->outEnd - m->outStart);
        if (m->dueAt > t) return;
    }
    flush(m);
    m->answered = now();
    m->dueAt = 0;
}

static void openModule(struct module *m, int index, const char *links) {
    snprintf(m->name, sizeof m->name, "modem-%04d", index);
    m->echoes = true;
    m->lastUp = -1;
    m->out = malloc(m->outSize = 256);
    m->descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    int unlock = 0, number;
    if (m->descriptor < 0 || ioctl(m->descriptor, TIOCSPTLCK, &unlock) || ioctl(m->descriptor, TIOCGPTN, &number)) die("pseudo-terminal");
    char path[64], link[512];
    snprintf(path, sizeof path, "/dev/pts/%d", number);
    snprintf(link, sizeof link, "%s/%s", links, m->name);
    /* Held open for ever, so that no hang-up is seen while no bridge is there. */
    int host = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios raw;
    if (host < 0 || tcgetattr(host, &raw)) die(path);
    cfmakeraw(&raw);
    tcsetattr(host, TCSANOW, &raw);
    if (symlink(path, link)) die(link);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = m};
    epoll_ctl(epoll, EPOLL_CTL_ADD, m->descriptor, &e);
}

/* ---- MQTT ---- */

static void onConnect(struct mosquitto *c, void *object, int code) {
    (void)object;
    if (code) { fprintf(stderr, "the broker refused: %d\n", code); exit(1); }
    mosquitto_subscribe(c, NULL, "narrowbridge/+/down", 1);
}

static void onSubscribe(struct mosquitto *c, void *object, int mid, int count, const int *granted) {
    (void)c, (void)object, (void)mid, (void)count, (void)granted;
    connected = true;
}

static void onPublish(struct mosquitto *c, void *object, int mid) {
    (void)c, (void)object, (void)mid;
    unacknowledged--;
}

static void onMessage(struct mosquitto *c, void *object, const struct mosquitto_message *message) {
    (void)c, (void)object;
    const uint8_t *payload = message->payload;
    int64_t t = now();
    if (message->payloadlen != size || !sound(payload, size) || word(payload) >= (uint32_t)moduleCount) {
        complain(modules, "broken downlink", message->topic);
        return;
    }
    uint32_t module = word(payload);
    if (!strstr(message->topic, modules[module].name)) complain(&modules[module], "downlink on", message->topic);
    arrived(&down, &lastDown[module], module, word(payload + 4), t);
}

static void serveClient(uint32_t events) {
    (void)events;
    int result = 0, waiting = 0;
    do {
        result = mosquitto_loop_read(client, 1);
        if (result) break;
    } while (!ioctl(mosquitto_socket(client), FIONREAD, &waiting) && waiting > 0);
    if (!result && mosquitto_want_write(client)) result = mosquitto_loop_write(client, 1);
    if (result) { fprintf(stderr, "mqtt: %s\n", mosquitto_strerror(result)); exit(1); }
}

static void publish(int module, uint32_t number, int length) {
    char topic[64];
    uint8_t payload[longest];
    snprintf(topic, sizeof topic, "narrowbridge/%s/up", modules[module].name);
    fill(payload, module, number, length);
    if (!mosquitto_publish(client, NULL, topic, length, payload, 1, false)) unacknowledged++;
}

static void report(int module, uint32_t number, int length) {
    static const char digits[] = "0123456789ABCDEF";
    uint8_t payload[longest];
    char line[2 * longest + 32];
    struct module *m = &modules[module];
    fill(payload, module, number, length);
    int n = sprintf(line, "\r\n+NNMI: %d,", length);
    for (int i = 0; i < length; i++) line[n++] = digits[payload[i] >> 4], line[n++] = digits[payload[i] & 15];
    line[n++] = '\r', line[n++] = '\n';
    say(m, line, n);
    flush(m);
}

/* ---- the loop ---- */

static void turn(int64_t until) {
    int64_t t = now();
    if (baud) for (int i = 0; i < moduleCount; i++) if (modules[i].dueAt && modules[i].dueAt < until) until = modules[i].dueAt;
    int64_t left = until > t ? until - t : 0;
    struct timespec timeout = {left / 1000000000, left % 1000000000};
    struct epoll_event found[256];
    int n = epoll_pwait2(epoll, found, 256, &timeout, NULL);
    for (int i = 0; i < n; i++) {
        struct module *m = found[i].data.ptr;
        if (!m) serveClient(found[i].events);
        else {
            if (found[i].events & EPOLLOUT) flush(m);
            if (found[i].events & EPOLLIN) hear(m);
        }
    }
    if (baud) for (int i = 0; i < moduleCount; i++) tick(&modules[i], now());
    static int64_t nextMisc;
    if (t > nextMisc) mosquitto_loop_misc(client), nextMisc = t + 1000000000;
    /* What the client could not write at once. */
    if (mosquitto_want_write(client)) mosquitto_loop_write(client, 1);
}

static void prepare(struct direction *d, int count, int rate) {
    free(d->sent), free(d->took);
    *d = (struct direction){.count = count, .rate = rate, .sent = calloc(count + 1, 8), .took = calloc(count + 1, 8)};
}

static void pace(struct direction *d, int64_t start, bool isUp) {
    /* At most a few at a time, so that what comes back is not kept waiting. */
    for (int burst = 0; d->begun < d->count && burst < 64; burst++) {
        int64_t t = now();
        if (isUp && unacknowledged >= 200) return;
        if (d->rate && t < start + d->begun * 1000000000LL / d->rate) return;
        int number = d->begun++;
        d->sent[number] = t;
        if (isUp) publish(number % moduleCount, number, size); else report(number % moduleCount, number, size);
    }
}

static int64_t nextOf(struct direction *d, int64_t start, int64_t far) {
    if (d->begun == d->count || (d == &up && unacknowledged >= 200)) return far;
    return d->rate ? start + d->begun * 1000000000LL / d->rate : 0;
}

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void tell(const char *name, struct direction *d) {
    int64_t *v = malloc(8 * (d->arrived + 1));
    int n = 0;
    for (int i = 0; i < d->count; i++) if (d->took[i]) v[n++] = d->took[i];
    qsort(v, n, 8, ascending);
    printf("\"%s\":{\"lost\":%d,\"doubled\":%d,\"reordered\":%d,\"p50_us\":%.1f,\"p99_us\":%.1f,\"per_second\":%.1f},", name,
           d->count - d->arrived, d->doubled, d->reordered, n ? v[n / 2] / 1e3 : 0, n ? v[n * 99LL / 100] / 1e3 : 0,
           n > 1 ? (n - 1) / ((d->last - d->first) / 1e9) : 0);
    free(v);
}

static void run(int ups, int upRate, int downs, int downRate, int bytes, int seconds) {
    size = bytes;
    prepare(&up, ups, upRate), prepare(&down, downs, downRate);
    for (int i = 0; i < moduleCount; i++) modules[i].lastUp = lastDown[i] = -1;
    free(gaps);
    gaps = baud ? calloc(ups + 1, 8) : NULL;
    gapCount = 0, lineTime = 0;
    int64_t start = now(), end = start + seconds * 1000000000LL, quiet = now();
    int seen = 0;
    while (up.arrived < ups || down.arrived < downs) {
        pace(&up, start, true), pace(&down, start, false);
        int64_t next = nextOf(&up, start, end), other = nextOf(&down, start, end);
        if (other < next) next = other;
        turn(next < end ? next : end);
        int64_t t = now();
        if (seen != up.arrived + down.arrived || next < end) seen = up.arrived + down.arrived, quiet = t;
        if (t >= end || t - quiet > 8000000000LL) break;
    }
    /* A moment for what should not come any more. */
    for (int64_t t = now() + 200000000; now() < t;) turn(t);
    printf("{");
    if (ups) tell("up", &up);
    if (downs) tell("down", &down);
    if (gapCount) {
        qsort(gaps, gapCount, 8, ascending);
        double mean = 0;
        for (int i = 0; i < gapCount; i++) mean += gaps[i] / 1e3 / gapCount;
        double elapsed = lineTime / 1e3 + mean * gapCount;
        printf("\"gap_us\":%.1f,\"gap_p50_us\":%.1f,\"utilisation\":%.5f,", mean, gaps[gapCount / 2] / 1e3, lineTime / 1e3 / elapsed);
    }
    printf("\"errors\":%d,\"first_error\":\"%s\"}\n", errors, firstError);
}

static void listen_(void) {
    for (int i = 0; i < 100 && !probeArrived; i++) {
        size = 8;
        publish(0, probe, 8);
        for (int64_t end = now() + 150000000; now() < end && !probeArrived;) turn(end);
    }
    for (int64_t end = now() + 300000000; now() < end;) turn(end);
    printf("{\"listening\":%s}\n", probeArrived ? "true" : "false");
}

int main(int argc, char **argv) {
    const char *links = ".";
    int port = 1883;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--modules")) moduleCount = atoi(argv[i + 1]);
        else if (!strcmp(argv[i], "--links")) links = argv[i + 1];
        else if (!strcmp(argv[i], "--port")) port = atoi(argv[i + 1]);
        else if (!strcmp(argv[i], "--baud")) baud = atoi(argv[i + 1]);
        else return fprintf(stderr, "rig: unknown option %s\n", argv[i]), 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    modules = calloc(moduleCount, sizeof *modules);
    lastDown = calloc(moduleCount, sizeof *lastDown);
    for (int i = 0; i < moduleCount; i++) openModule(&modules[i], i, links);
    mosquitto_lib_init();
    client = mosquitto_new("rig", true, NULL);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_max_inflight_messages_set(client, 200);
    mosquitto_connect_callback_set(client, onConnect);
    mosquitto_subscribe_callback_set(client, onSubscribe);
    mosquitto_message_callback_set(client, onMessage);
    mosquitto_publish_callback_set(client, onPublish);
    if (mosquitto_connect(client, "127.0.0.1", port, 60)) die("connect");
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, mosquitto_socket(client), &e);
    for (int64_t end = now() + 5000000000LL; !connected && now() < end;) turn(end);
    printf("{\"ready\":%s}\n", connected ? "true" : "false");
    /* Orders: asked for every 10 ms, for the modules must be served in between. */
    fcntl(0, F_SETFL, O_NONBLOCK);
    char order[256];
    for (;;) {
        ssize_t n = read(0, order, sizeof order - 1);
        if (n == 0) return 0;
        if (n < 0) { turn(now() + 10000000); continue; }
        order[n] = 0;
        int u, ur, d, dr, s, l;
        if (!strncmp(order, "registered", 10)) {
            for (int64_t end = now() + 60000000000LL; registered < moduleCount && now() < end;) turn(end);
            printf("{\"registered\":%d,\"at\":%.6f}\n", registered, lastRegistered / 1e9);
        } else if (!strncmp(order, "listening", 9)) listen_();
        else if (sscanf(order, "run %d %d %d %d %d %d", &u, &ur, &d, &dr, &s, &l) == 6 && s >= 8 && s <= longest) run(u, ur, d, dr, s, l);
        else printf("{\"error\":\"no such order\"}\n");
    }
}
