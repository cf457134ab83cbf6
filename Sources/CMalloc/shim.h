// The part of the C library's allocator that Swift's own module leaves out.
#if defined(__linux__)
#include <malloc.h>
#endif
