;; Prints a line, by calling the WASI function fd_write.
;;
;;     ./tazza run examples/hello.wat
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $iovs i32) (param $count i32) (param $written i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param $status i32)))

  (memory (export "memory") 1)
  ;; One buffer to write, {address, length}, and where fd_write puts how much it has written.
  (data (i32.const 0) "\10\00\00\00" "\18\00\00\00")
  (data (i32.const 16) "Hello from WebAssembly.\n")

  (func (export "_start")
    (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))
      (then (call $proc_exit (i32.const 1))))))
