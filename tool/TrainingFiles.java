/**
 * Prints a module, in the text format, for the run that the JVM's AOT cache of {@code tazza run} is
 * recorded in: it asks of WASI what programs do that work with files, and has data and a table so
 * long that they are mapped, and filled when they are read, as those of real programs are. The
 * directory that it is given has a file named {@code file}.
 *
 * <p>{@code java tool/TrainingFiles.java}
 */
final class TrainingFiles {
  private static final int FUNCTIONS = 1500;
  private static final int DATA = 32 << 10;

  private static final String MODULE =
      """
      (module
        (type $2 (func (param i32 i32) (result i32)))
        (type $4 (func (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (type $2)))
        (import "wasi_snapshot_preview1" "args_get" (func $args_get (type $2)))
        (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (type $2)))
        (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (type $2)))
        (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random_get (type $2)))
        (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (type $2)))
        (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (type $2)))
        (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (type $2)))
        (import "wasi_snapshot_preview1" "path_filestat_get"
          (func $path_filestat_get (param i32 i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_open"
          (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (type $4)))
        (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (type $4)))
        (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (type $4)))
        (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
        (memory (export "memory") 4)
        (global (mut f64) (f64.const 0)) ;; needs the table of operators
        (table $functions 2000 funcref)
        (elem (table $functions) (i32.const 1) func %1$s)
        (data (i32.const 16384) "%2$s") ;; near the others, or all are copied
        (data (i32.const 16) "file")
        (data (i32.const 20) "no such file")
        (data (i32.const 40) "\\50\\00\\00\\00\\01\\00\\00\\00") ;; 1 byte at 80
        (data (i32.const 80) "\\0a")

        (func $must (param $status i32)
          (if (local.get $status) (then (call $proc_exit (i32.const 1)))))
        (func $open (param $path i32) (param $length i32) (result i32)
          (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $length)
            (i32.const 0) (i64.const 0x2fffffff) (i64.const 0x2fffffff) (i32.const 0) (i32.const 100)))
        (func $indirect (param $index i32) (result i32)
          (call_indirect (param i32 i32) (result i32) (i32.const 1) (i32.const 2) (local.get $index)))
        (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))

        (func (export "_start") (local $i i32) (local $fd i32)
          (call $must (call $args_sizes_get (i32.const 100) (i32.const 104)))
          (call $must (call $args_get (i32.const 2000) (i32.const 3000)))
          (call $must (call $environ_sizes_get (i32.const 100) (i32.const 104)))
          (call $must (call $environ_get (i32.const 4000) (i32.const 5000)))
          (call $must (call $fd_prestat_get (i32.const 3) (i32.const 100)))
          (call $must (call $fd_prestat_dir_name (i32.const 3) (i32.const 200) (i32.load (i32.const 104))))
          (drop (call $fd_prestat_get (i32.const 4) (i32.const 100)))
          (loop $again
            (call $must (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 100)))
            (call $must (call $random_get (i32.const 100) (i32.const 16)))
            (call $must (call $fd_fdstat_get (i32.const 1) (i32.const 100)))
            (call $must (call $path_filestat_get (i32.const 3) (i32.const 1) (i32.const 16) (i32.const 4) (i32.const 200)))
            (call $must (call $open (i32.const 16) (i32.const 4)))
            (local.set $fd (i32.load (i32.const 100)))
            (call $must (call $fd_fdstat_get (local.get $fd) (i32.const 200)))
            (call $must (call $fd_filestat_get (local.get $fd) (i32.const 200)))
            (i32.store (i32.const 64) (i32.const 8192))
            (i32.store (i32.const 68) (i32.const 4096))
            (call $must (call $fd_read (local.get $fd) (i32.const 64) (i32.const 1) (i32.const 72)))
            (call $must (call $fd_seek (local.get $fd) (i64.const 0) (i32.const 0) (i32.const 200)))
            (call $must (call $fd_close (local.get $fd)))
            (drop (call $open (i32.const 20) (i32.const 12)))
            (call $must (call $fd_write (i32.const 1) (i32.const 40) (i32.const 1) (i32.const 72)))
            (call $must (call $sched_yield))
            (drop (call $indirect (i32.add (i32.const 1) (i32.and (local.get $i) (i32.const 1023)))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (i32.const 3))))
          (call $must (call $fd_readdir (i32.const 3) (i32.const 8192) (i32.const 4096) (i64.const 0) (i32.const 72)))
          ;; a clock, relative, 1000 ns
          (i64.store (i32.const 300) (i64.const 0))
          (i64.store (i32.const 308) (i64.const 0))
          (i32.store (i32.const 316) (i32.const 1))
          (i64.store (i32.const 324) (i64.const 1000))
          (call $must (call $poll_oneoff (i32.const 300) (i32.const 400) (i32.const 1) (i32.const 500)))
          (drop (memory.grow (i32.const 2)))
          (memory.fill (i32.const 300000) (i32.const 1) (i32.const 5000))
          (memory.copy (i32.const 310000) (i32.const 300000) (i32.const 5000))
          (call $proc_exit (i32.const 0))))
      """;

  private TrainingFiles() {}

  public static void main(String[] args) {
    String digits = "0123456789abcdef";
    System.out.print(
        MODULE.formatted("$add ".repeat(FUNCTIONS), digits.repeat(DATA / digits.length())));
  }
}
