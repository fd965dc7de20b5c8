package dev.tazza.wasi;

import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import java.util.List;

/**
 * The functions of preview 1, in the interface's order.
 *
 * <p>Signatures have a letter for each parameter: {@code i} is an i32 (a number, pointer or
 * length), {@code I} an i64. All but {@link #PROC_EXIT} return an error number as i32.
 */
enum WasiFunction {
  ARGS_GET("args_get", "ii"),
  ARGS_SIZES_GET("args_sizes_get", "ii"),
  ENVIRON_GET("environ_get", "ii"),
  ENVIRON_SIZES_GET("environ_sizes_get", "ii"),
  CLOCK_RES_GET("clock_res_get", "ii"),
  CLOCK_TIME_GET("clock_time_get", "iIi"),
  FD_ADVISE("fd_advise", "iIIi"),
  FD_ALLOCATE("fd_allocate", "iII"),
  FD_CLOSE("fd_close", "i"),
  FD_DATASYNC("fd_datasync", "i"),
  FD_FDSTAT_GET("fd_fdstat_get", "ii"),
  FD_FDSTAT_SET_FLAGS("fd_fdstat_set_flags", "ii"),
  FD_FDSTAT_SET_RIGHTS("fd_fdstat_set_rights", "iII"),
  FD_FILESTAT_GET("fd_filestat_get", "ii"),
  FD_FILESTAT_SET_SIZE("fd_filestat_set_size", "iI"),
  FD_FILESTAT_SET_TIMES("fd_filestat_set_times", "iIIi"),
  FD_PREAD("fd_pread", "iiiIi"),
  FD_PRESTAT_GET("fd_prestat_get", "ii"),
  FD_PRESTAT_DIR_NAME("fd_prestat_dir_name", "iii"),
  FD_PWRITE("fd_pwrite", "iiiIi"),
  FD_READ("fd_read", "iiii"),
  FD_READDIR("fd_readdir", "iiiIi"),
  FD_RENUMBER("fd_renumber", "ii"),
  FD_SEEK("fd_seek", "iIii"),
  FD_SYNC("fd_sync", "i"),
  FD_TELL("fd_tell", "ii"),
  FD_WRITE("fd_write", "iiii"),
  PATH_CREATE_DIRECTORY("path_create_directory", "iii"),
  PATH_FILESTAT_GET("path_filestat_get", "iiiii"),
  PATH_FILESTAT_SET_TIMES("path_filestat_set_times", "iiiiIIi"),
  PATH_LINK("path_link", "iiiiiii"),
  PATH_OPEN("path_open", "iiiiiIIii"),
  PATH_READLINK("path_readlink", "iiiiii"),
  PATH_REMOVE_DIRECTORY("path_remove_directory", "iii"),
  PATH_RENAME("path_rename", "iiiiii"),
  PATH_SYMLINK("path_symlink", "iiiii"),
  PATH_UNLINK_FILE("path_unlink_file", "iii"),
  POLL_ONEOFF("poll_oneoff", "iiii"),
  PROC_EXIT("proc_exit", "i"),
  PROC_RAISE("proc_raise", "i"),
  SCHED_YIELD("sched_yield", ""),
  RANDOM_GET("random_get", "ii"),
  SOCK_ACCEPT("sock_accept", "iii"),
  SOCK_RECV("sock_recv", "iiiiii"),
  SOCK_SEND("sock_send", "iiiii"),
  SOCK_SHUTDOWN("sock_shutdown", "ii");

  private final String importName;
  private final String parameters;

  WasiFunction(String importName, String parameters) {
    this.importName = importName;
    this.parameters = parameters;
  }

  /** The name that guests import. */
  String importName() {
    return importName;
  }

  String parameters() {
    return parameters;
  }

  boolean hasResult() {
    return this != PROC_EXIT;
  }

  FuncType type() {
    ValType[] params = new ValType[parameters.length()];
    for (int i = 0; i < params.length; i++) {
      params[i] = parameters.charAt(i) == 'I' ? NumType.I64 : NumType.I32;
    }
    return new FuncType(List.of(params), hasResult() ? List.of(NumType.I32) : List.of());
  }
}
