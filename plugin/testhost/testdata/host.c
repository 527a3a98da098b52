/* Loads the plugin the way Fluent Bit does and calls what a script on standard input says:
 *
 *   init NAME=VALUE;NAME=VALUE...   makes the next instance, from 0 on
 *   flush INSTANCE TAG FILE         hands on the chunk in FILE
 *   threads N TIMES INSTANCE TAG PREFIX   N threads, each flushing PREFIX-<thread>-<time> for TIMES times
 *   race INSTANCE OTHER TIMES TAG FILE    flushes INSTANCE from a thread while OTHER ends
 *   exit INSTANCE
 *
 * Each call prints what was returned. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct proxy_def { int type; int proxy; int flags; char *name; char *description; };
struct context { void *remote; void *proxy; };
struct api { char *(*output_get_property)(char *, void *); void *rest[8]; };
struct output_plugin { char *name; struct api *api; void *o_ins; struct context *context; void *host_private[5]; };

enum { MAX = 64 };
static struct context contexts[MAX];
static char settings[MAX][4096];
static char found[MAX][4096];

static int (*flush_ctx)(void *, const void *, size_t, char *);
static int (*exit_ctx)(void *);

/* The value of a setting, from "NAME=VALUE;NAME=VALUE". */
static char *property(char *key, void *instance)
{
    int i = (int)((struct context *)instance - contexts);
    char *at = settings[i];
    size_t length = strlen(key);

    while (*at) {
        char *end = strchr(at, ';');
        size_t n = end ? (size_t)(end - at) : strlen(at);
        if (n > length && at[length] == '=' && strncmp(at, key, length) == 0) {
            snprintf(found[i], sizeof found[i], "%.*s", (int)(n - length - 1), at + length + 1);
            return found[i];
        }
        at += n + (end != NULL);
    }
    return NULL;
}

static int flush(int instance, const char *tag, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) { perror(path); exit(1); }
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *data = malloc(size ? size : 1); /* of exactly its size: reading past it is seen */
    if (fread(data, 1, size, f) != (size_t)size) { perror(path); exit(1); }
    fclose(f);
    char *copy = strdup(tag);
    int answer = flush_ctx(contexts[instance].remote, data, size, copy);
    free(copy);
    free(data);
    return answer;
}

struct job { int instance, number, times; const char *tag, *path; int answers[4]; };

static void *many(void *arg)
{
    struct job *j = arg;
    for (int i = 0; i < j->times; i++) {
        char path[4096];
        if (j->number >= 0) snprintf(path, sizeof path, "%s-%d-%d", j->path, j->number, i);
        else snprintf(path, sizeof path, "%s", j->path);
        int answer = flush(j->instance, j->tag, path);
        j->answers[answer >= 0 && answer < 3 ? answer : 3]++;
    }
    return NULL;
}

static void report(struct job *jobs, int n)
{
    int sum[4] = {0};
    for (int i = 0; i < n; i++) for (int a = 0; a < 4; a++) sum[a] += jobs[i].answers[a];
    printf("error=%d ok=%d retry=%d other=%d\n", sum[0], sum[1], sum[2], sum[3]);
}

static void *symbol(void *library, const char *name)
{
    void *s = dlsym(library, name);
    if (!s) { fprintf(stderr, "%s\n", dlerror()); exit(1); }
    return s;
}

int main(int argc, char **argv)
{
    void *library = dlopen(argc > 1 ? argv[1] : "", RTLD_LAZY);
    if (!library) { fprintf(stderr, "%s\n", dlerror()); return 1; }
    int (*reg)(struct proxy_def *) = symbol(library, "FLBPluginRegister");
    int (*init)(struct output_plugin *) = symbol(library, "FLBPluginInit");
    void (*unregister)(struct proxy_def *) = symbol(library, "FLBPluginUnregister");
    flush_ctx = symbol(library, "FLBPluginFlushCtx");
    exit_ctx = symbol(library, "FLBPluginExitCtx");

    struct proxy_def *def = malloc(sizeof *def); /* not a byte longer: hosts before 5.0 */
    int registered = reg(def);
    printf("register=%d type=%d proxy=%d name=%s\n", registered, def->type, def->proxy, def->name);

    struct api api = { property, {0} };
    struct output_plugin plugin = { "cmtrail", &api, NULL, NULL, {0} }; /* one for all instances, filled anew for each */
    int made = 0;
    static char line[8192];
    while (fgets(line, sizeof line, stdin)) {
        char verb[16], tag[1024], path[4096];
        int instance, other, n, times;
        line[strcspn(line, "\n")] = 0;
        if (sscanf(line, "%15s", verb) != 1) continue;
        if (!strcmp(verb, "init")) {
            snprintf(settings[made], sizeof settings[made], "%s", strlen(line) > 5 ? line + 5 : "");
            plugin.o_ins = plugin.context = &contexts[made];
            printf("init=%d\n", init(&plugin));
            made++;
        } else if (!strcmp(verb, "flush") && sscanf(line, "%*s %d %1023s %4095s", &instance, tag, path) == 3) {
            printf("flush=%d\n", flush(instance, tag, path));
        } else if (!strcmp(verb, "threads") && sscanf(line, "%*s %d %d %d %1023s %4095s", &n, &times, &instance, tag, path) == 5 && n <= MAX) {
            pthread_t threads[MAX];
            struct job jobs[MAX];
            memset(jobs, 0, sizeof jobs);
            for (int i = 0; i < n; i++) {
                jobs[i] = (struct job){ .instance = instance, .number = i, .times = times, .tag = tag, .path = path };
                pthread_create(&threads[i], NULL, many, &jobs[i]);
            }
            for (int i = 0; i < n; i++) pthread_join(threads[i], NULL);
            report(jobs, n);
        } else if (!strcmp(verb, "race") && sscanf(line, "%*s %d %d %d %1023s %4095s", &instance, &other, &times, tag, path) == 5) {
            pthread_t thread;
            struct job job = { .instance = instance, .number = -1, .times = times, .tag = tag, .path = path };
            pthread_create(&thread, NULL, many, &job);
            int answer = exit_ctx(contexts[other].remote);
            pthread_join(thread, NULL);
            printf("exit=%d ", answer);
            report(&job, 1);
        } else if (!strcmp(verb, "exit") && sscanf(line, "%*s %d", &instance) == 1) {
            printf("exit=%d\n", exit_ctx(contexts[instance].remote));
        } else {
            fprintf(stderr, "not understood: %s\n", line);
            return 1;
        }
        fflush(stdout);
    }
    unregister(def);
    free(def);
    dlclose(library);
    printf("end\n");
    return 0;
}
