/* Wrong: exports no descriptor. */
int no_symbol_here(void);
__attribute__((visibility("default"))) int no_symbol_here(void) {
  return 0;
}
