package dev.tazza.wasi;

/**
 * Calls the functions by their entry in the table {@link WasiFunction}. For one call at a time,
 * also while that waits.
 */
final class Preview1 {
  private final FileFunctions files;
  private final PathFunctions paths;
  private final PollFunctions polls;
  private final ProcessFunctions processes;
  private final SocketFunctions sockets;

  Preview1(Guest guest) {
    GuestVectors vectors = new GuestVectors();
    files = new FileFunctions(guest, vectors);
    paths = new PathFunctions(guest);
    polls = new PollFunctions(guest);
    processes = new ProcessFunctions(guest);
    sockets = new SocketFunctions(guest, vectors);
  }

  /**
   * Calls a function.
   *
   * @param args the arguments; the upper halves of 32-bit ones are ignored
   * @return the error number
   * @throws WasiExit when the guest ends itself
   * @throws WasiInterruptedException when the thread is interrupted while the guest waits
   */
  int call(WasiFunction function, Snapshot snapshot, GuestMemory memory, long[] args) {
    try {
      switch (function) {
        case ARGS_GET -> processes.argsGet(memory, args);
        case ARGS_SIZES_GET -> processes.argsSizesGet(memory, args);
        case ENVIRON_GET -> processes.environGet(memory, args);
        case ENVIRON_SIZES_GET -> processes.environSizesGet(memory, args);
        case CLOCK_RES_GET -> processes.clockResGet(memory, args);
        case CLOCK_TIME_GET -> processes.clockTimeGet(memory, args);
        case RANDOM_GET -> processes.randomGet(memory, args);
        case PROC_EXIT -> processes.procExit(args);
        case PROC_RAISE -> processes.procRaise(args);
        case SCHED_YIELD -> processes.schedYield();
        case POLL_ONEOFF -> polls.pollOneoff(memory, args, snapshot);
        case SOCK_ACCEPT -> sockets.accept(memory, args);
        case SOCK_RECV -> sockets.receive(memory, args);
        case SOCK_SEND -> sockets.send(memory, args);
        case SOCK_SHUTDOWN -> sockets.shutdown(args);
        case PATH_CREATE_DIRECTORY -> paths.createDirectory(memory, args);
        case PATH_FILESTAT_GET -> paths.filestatGet(memory, args, snapshot);
        case PATH_FILESTAT_SET_TIMES -> paths.filestatSetTimes(memory, args);
        case PATH_LINK -> paths.link(memory, args);
        case PATH_OPEN -> paths.open(memory, args);
        case PATH_READLINK -> paths.readlink(memory, args);
        case PATH_REMOVE_DIRECTORY -> paths.removeDirectory(memory, args);
        case PATH_RENAME -> paths.rename(memory, args);
        case PATH_SYMLINK -> paths.symlink(memory, args);
        case PATH_UNLINK_FILE -> paths.unlinkFile(memory, args);
        default -> file(function, snapshot, memory, args);
      }
      return Errno.SUCCESS;
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  private void file(WasiFunction function, Snapshot snapshot, GuestMemory memory, long[] args)
      throws ErrnoException {
    switch (function) {
      case FD_ADVISE -> files.advise(args);
      case FD_ALLOCATE -> files.allocate(args);
      case FD_CLOSE -> files.close(args);
      case FD_DATASYNC -> files.dataSync(args);
      case FD_FDSTAT_GET -> files.fdstatGet(memory, args);
      case FD_FDSTAT_SET_FLAGS -> files.fdstatSetFlags(args);
      case FD_FDSTAT_SET_RIGHTS -> files.fdstatSetRights(args);
      case FD_FILESTAT_GET -> files.filestatGet(memory, args, snapshot);
      case FD_FILESTAT_SET_SIZE -> files.filestatSetSize(args);
      case FD_FILESTAT_SET_TIMES -> files.filestatSetTimes(args);
      case FD_PREAD -> files.pread(memory, args);
      case FD_PRESTAT_GET -> files.prestatGet(memory, args);
      case FD_PRESTAT_DIR_NAME -> files.prestatDirName(memory, args);
      case FD_PWRITE -> files.pwrite(memory, args);
      case FD_READ -> files.read(memory, args);
      case FD_READDIR -> files.readDirectory(memory, args);
      case FD_RENUMBER -> files.renumber(args);
      case FD_SEEK -> files.seek(memory, args, snapshot);
      case FD_SYNC -> files.sync(args);
      case FD_TELL -> files.tell(memory, args);
      case FD_WRITE -> files.write(memory, args);
      default -> throw new IllegalArgumentException(function + " has no code");
    }
  }
}
