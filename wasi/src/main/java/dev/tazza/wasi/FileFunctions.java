package dev.tazza.wasi;

import dev.tazza.sys.fs.Posix;

/** The functions on descriptors ({@code fd_…}). Arguments are in the order of the interface. */
final class FileFunctions {
  private static final int PRESTAT_DIRECTORY = 0;

  private final Guest guest;
  private final GuestVectors vectors;
  private final DescriptorTable table;
  private final Filestat stat = new Filestat();

  FileFunctions(Guest guest, GuestVectors vectors) {
    this.guest = guest;
    this.vectors = vectors;
    this.table = guest.descriptors();
  }

  /** A descriptor with rights that streams lack; for those the call fails with {@code errno}. */
  private Descriptor file(long fd, long rights, int errno) throws ErrnoException {
    Descriptor descriptor = table.get((int) fd);
    if ((descriptor.base() & rights) != rights) {
      throw new ErrnoException(descriptor.isStream() ? errno : Errno.NOTCAPABLE);
    }
    return descriptor;
  }

  void advise(long[] args) throws ErrnoException {
    Descriptor file = file(args[0], Rights.FD_ADVISE, Errno.SPIPE);
    int advice =
        switch ((int) args[3]) {
          case 0 -> Posix.POSIX_FADV_NORMAL;
          case 1 -> Posix.POSIX_FADV_SEQUENTIAL;
          case 2 -> Posix.POSIX_FADV_RANDOM;
          case 3 -> Posix.POSIX_FADV_WILLNEED;
          case 4 -> Posix.POSIX_FADV_DONTNEED;
          case 5 -> Posix.POSIX_FADV_NOREUSE;
          default -> throw new ErrnoException(Errno.INVAL);
        };
    file.advise(args[1], args[2], advice);
  }

  void allocate(long[] args) throws ErrnoException {
    file(args[0], Rights.FD_ALLOCATE, Errno.SPIPE).allocate(args[1], args[2]);
  }

  void close(long[] args) throws ErrnoException {
    table.remove((int) args[0]).close();
  }

  void dataSync(long[] args) throws ErrnoException {
    file(args[0], Rights.FD_DATASYNC, Errno.INVAL).sync(true);
  }

  void sync(long[] args) throws ErrnoException {
    file(args[0], Rights.FD_SYNC, Errno.INVAL).sync(false);
  }

  void fdstatGet(GuestMemory memory, long[] args) throws ErrnoException {
    Descriptor descriptor = table.get((int) args[0]);
    int result = (int) args[1];
    memory.range(result, 24);
    memory.putLong(result, 0);
    memory.putByte(result, descriptor.type());
    memory.putShort(result + 2, descriptor.flags());
    memory.putLong(result + 8, descriptor.base());
    memory.putLong(result + 16, descriptor.inheriting());
  }

  void fdstatSetFlags(long[] args) throws ErrnoException {
    table.get((int) args[0], Rights.FD_FDSTAT_SET_FLAGS).setFlags((int) args[1]);
  }

  void fdstatSetRights(long[] args) throws ErrnoException {
    table.get((int) args[0]).reduceRights(args[1], args[2]);
  }

  void filestatGet(GuestMemory memory, long[] args, Snapshot snapshot) throws ErrnoException {
    Descriptor descriptor = table.get((int) args[0], Rights.FD_FILESTAT_GET);
    int result = (int) args[1];
    memory.range(result, snapshot.filestatSize());
    descriptor.stat(stat);
    snapshot.putFilestat(memory, result, stat);
  }

  void filestatSetSize(long[] args) throws ErrnoException {
    file(args[0], Rights.FD_FILESTAT_SET_SIZE, Errno.INVAL).truncate(args[1]);
  }

  void filestatSetTimes(long[] args) throws ErrnoException {
    Descriptor file = file(args[0], Rights.FD_FILESTAT_SET_TIMES, Errno.INVAL);
    file.setTimes(PathFunctions.times(args[1], args[2], (int) args[3]));
  }

  void prestatGet(GuestMemory memory, long[] args) throws ErrnoException {
    byte[] name = preopenName(args[0]);
    int result = (int) args[1];
    memory.range(result, 8);
    memory.putInt(result, PRESTAT_DIRECTORY);
    memory.putInt(result + 4, name.length);
  }

  void prestatDirName(GuestMemory memory, long[] args) throws ErrnoException {
    byte[] name = preopenName(args[0]);
    if (Integer.compareUnsigned((int) args[2], name.length) < 0) {
      throw new ErrnoException(Errno.NAMETOOLONG);
    }
    memory.putBytes((int) args[1], name, name.length);
  }

  private byte[] preopenName(long fd) throws ErrnoException {
    byte[] name = table.get((int) fd).preopenName();
    if (name == null) {
      // Guests look for preopened directories until they meet this error.
      throw new ErrnoException(Errno.BADF);
    }
    return name;
  }

  void read(GuestMemory memory, long[] args) throws ErrnoException {
    Descriptor descriptor = table.get((int) args[0], Rights.FD_READ);
    int result = (int) args[3];
    memory.range(result, 4);
    memory.putInt(result, (int) descriptor.read(vectors.load(memory, args[1], args[2])));
  }

  void write(GuestMemory memory, long[] args) throws ErrnoException {
    Descriptor descriptor = table.get((int) args[0], Rights.FD_WRITE);
    int result = (int) args[3];
    memory.range(result, 4);
    memory.putInt(result, (int) descriptor.write(vectors.load(memory, args[1], args[2])));
  }

  void pread(GuestMemory memory, long[] args) throws ErrnoException {
    Descriptor file = file(args[0], Rights.FD_READ | Rights.FD_SEEK, Errno.SPIPE);
    int result = (int) args[4];
    memory.range(result, 4);
    GuestVectors pieces = vectors.load(memory, args[1], args[2]);
    memory.putInt(result, (int) file.pread(pieces, args[3]));
  }

  void pwrite(GuestMemory memory, long[] args) throws ErrnoException {
    Descriptor file = file(args[0], Rights.FD_WRITE | Rights.FD_SEEK, Errno.SPIPE);
    int result = (int) args[4];
    memory.range(result, 4);
    GuestVectors pieces = vectors.load(memory, args[1], args[2]);
    memory.putInt(result, (int) file.pwrite(pieces, args[3]));
  }

  void readDirectory(GuestMemory memory, long[] args) throws ErrnoException {
    if (!(table.get((int) args[0]) instanceof Directory directory)) {
      throw new ErrnoException(Errno.NOTDIR);
    }
    directory.require(Rights.FD_READDIR);
    int result = (int) args[4];
    memory.range(result, 4);
    int used = directory.list(args[3], memory, (int) args[1], (int) args[2]);
    memory.putInt(result, used);
  }

  void renumber(long[] args) throws ErrnoException {
    Descriptor replaced = table.move((int) args[0], (int) args[1]);
    if (replaced != null) {
      replaced.close();
    }
  }

  void seek(GuestMemory memory, long[] args, Snapshot snapshot) throws ErrnoException {
    int whence = snapshot.whence((int) args[2]);
    // Asking for the position needs less than changing it.
    boolean tell = whence == Posix.SEEK_CUR && args[1] == 0;
    seek(memory, args[0], args[1], whence, tell ? Rights.FD_TELL : Rights.FD_SEEK, args[3]);
  }

  void tell(GuestMemory memory, long[] args) throws ErrnoException {
    seek(memory, args[0], 0, Posix.SEEK_CUR, Rights.FD_TELL, args[1]);
  }

  private void seek(GuestMemory memory, long fd, long offset, int whence, long rights, long result)
      throws ErrnoException {
    Descriptor file = file(fd, rights, Errno.SPIPE);
    memory.range((int) result, 8);
    memory.putLong((int) result, file.seek(offset, whence));
  }
}
