package dev.tazza;

import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.instance.ThrowableFactory;
import dev.tazza.vm.instance.VmTag;
import org.jspecify.annotations.Nullable;

/** The exceptions of a store's guest code as {@link TaggedException}s. */
record GuestExceptions(Store<?> store) implements ThrowableFactory {
  @Override
  public @Nullable VmTag tag(Throwable thrown) {
    return thrown instanceof TaggedException exception && exception.tag().store() == store
        ? exception.tag().vm()
        : null;
  }

  @Override
  public void storePayload(Throwable thrown) {
    ((TaggedException) thrown).store();
  }

  @Override
  public RuntimeException throwable(VmTag tag, Backtrace backtrace) {
    return TaggedException.load(new Tag(store, tag), store.engine().errors().frames(backtrace));
  }
}
