/* Measures how long a server keeps a client waiting: `probe PORT PID` sends PING a millisecond after the last answer, and
 * on SIGTERM prints the longest waits as JSON, longest first, each with the processor time that the server's threads
 * used meanwhile, in microseconds. What is left of a wait is the machine's own: other processes and its host.
 *
 * It is written in C because a probe with a garbage collector and a compiler of its own measures those as well. */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KEPT = 5, PAUSE_NANOSECONDS = 1000000 };
static const char PING[] = "*1\r\n$4\r\nPING\r\n";

struct wait {
  double wall, processor;
};

static volatile sig_atomic_t ended;

static void end(int signal) {
  (void)signal;
  ended = 1;
}

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

/* Microseconds that the threads of a process have run for so far; -1 where the system does not tell. */
static double processorTime(const char *tasks) {
  DIR *directory = opendir(tasks);
  if (!directory) return -1;
  double total = 0;
  for (struct dirent *task; (task = readdir(directory));) {
    if (task->d_name[0] == '.') continue;
    char path[128];
    snprintf(path, sizeof path, "%s/%.32s/schedstat", tasks, task->d_name);
    FILE *file = fopen(path, "r");
    double nanoseconds;
    if (!file) continue;
    if (fscanf(file, "%lf", &nanoseconds) == 1) total += nanoseconds / 1e3;
    fclose(file);
  }
  closedir(directory);
  return total;
}

static void keep(struct wait *longest, struct wait wait) {
  int i = KEPT;
  for (; i > 0 && longest[i - 1].wall < wait.wall; i--) {
    if (i < KEPT) longest[i] = longest[i - 1];
  }
  if (i < KEPT) longest[i] = wait;
}

static int connectTo(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int client = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof address) != 0) {
    perror("probe: connect");
    exit(1);
  }
  return client;
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: probe PORT PID\n");
    return 2;
  }
  char tasks[64];
  snprintf(tasks, sizeof tasks, "/proc/%d/task", atoi(arguments[2]));
  int client = connectTo(atoi(arguments[1]));
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  /* Before the loader on the same processor, or it would measure that; without the right to, it does. */
  if (sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1}) != 0) {
    perror("probe: the waits include those for the loader: sched_setscheduler");
  }
  struct wait longest[KEPT] = {{0, 0}};
  while (!ended) {
    char answer[64];
    double processor = processorTime(tasks), sent = microseconds();
    if (write(client, PING, sizeof PING - 1) < 0 || read(client, answer, sizeof answer) <= 0) break;
    double wall = microseconds() - sent;
    keep(longest, (struct wait){wall, processorTime(tasks) - processor});
    nanosleep(&(struct timespec){0, PAUSE_NANOSECONDS}, NULL);
  }
  printf("[");
  for (int i = 0; i < KEPT; i++) {
    printf("%s{\"wall\":%.0f,\"processor\":%.0f}", i ? "," : "", longest[i].wall, longest[i].processor);
  }
  printf("]\n");
  return 0;
}
