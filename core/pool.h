/* Where jansson takes its memory from. */
#ifndef BF_CORE_POOL_H
#define BF_CORE_POOL_H

/* Before the first JSON value is made: small blocks that a thread gives back wait to be used again by that thread. */
void bf__pool_use(void);

#endif
