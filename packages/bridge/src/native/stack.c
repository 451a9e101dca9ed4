/* V8 takes any stack but its own for an overflow. The lifecycle calls run on a stack that koffi
 * provides, so a call into JavaScript made from there first goes back to the thread's own stack, to
 * a place well below the frames that led to koffi. */

#include "environment.h"

enum { DISTANCE = 160 * 1024 };

static char *stack_low, *stack_high;
static char *mark;

#if defined(__x86_64__)
__asm__(".text\n"
        "modis_switch_stack:\n"
        "  .cfi_startproc\n"
        "  pushq %rbp\n"
        "  .cfi_def_cfa_offset 16\n"
        "  .cfi_offset %rbp, -16\n"
        "  movq %rsp, %rbp\n"
        "  .cfi_def_cfa_register %rbp\n"
        "  movq %rdx, %rsp\n"
        "  movq %rdi, %rax\n"
        "  movq %rsi, %rdi\n"
        "  callq *%rax\n"
        "  movq %rbp, %rsp\n"
        "  popq %rbp\n"
        "  .cfi_def_cfa %rsp, 8\n"
        "  ret\n"
        "  .cfi_endproc\n");
#define CAN_SWITCH 1
#elif defined(__aarch64__)
__asm__(".text\n"
        ".p2align 2\n"
        "modis_switch_stack:\n"
        "_modis_switch_stack:\n"
        "  .cfi_startproc\n"
        "  stp x29, x30, [sp, #-16]!\n"
        "  .cfi_def_cfa_offset 16\n"
        "  .cfi_offset x29, -16\n"
        "  .cfi_offset x30, -8\n"
        "  mov x29, sp\n"
        "  .cfi_def_cfa_register x29\n"
        "  mov sp, x2\n"
        "  mov x9, x0\n"
        "  mov x0, x1\n"
        "  blr x9\n"
        "  mov sp, x29\n"
        "  ldp x29, x30, [sp], #16\n"
        "  .cfi_def_cfa sp, 0\n"
        "  ret\n"
        "  .cfi_endproc\n");
#define CAN_SWITCH 1
#else
#define CAN_SWITCH 0
#endif

#if CAN_SWITCH
extern void modis_switch_stack(void (*function)(void *), void *data, char *top);
#endif

void stack_learn(void) {
#if defined(__APPLE__)
  stack_high = pthread_get_stackaddr_np(pthread_self());
  stack_low = stack_high - pthread_get_stacksize_np(pthread_self());
#else
  pthread_attr_t attributes;
  void *low = NULL;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
  }
  stack_low = low;
  stack_high = stack_low + size;
#endif
}

static bool on_own_stack(const char *address) { return address >= stack_low && address < stack_high; }

void *stack_mark(void) {
  char *previous = mark;
  char *here = __builtin_frame_address(0);
  if (on_own_stack(here)) mark = here;
  return previous;
}

void stack_unmark(void *previous) { mark = previous; }

void stack_run(void (*function)(void *), void *data) {
#if CAN_SWITCH
  if (mark && !on_own_stack(__builtin_frame_address(0)) && mark - stack_low > 2 * DISTANCE) {
    char *top = (char *)(((uintptr_t)mark - DISTANCE) & ~(uintptr_t)15);
    modis_switch_stack(function, data, top);
    return;
  }
#endif
  function(data);
}
