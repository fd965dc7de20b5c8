package dev.tazza;

import dev.tazza.vm.instance.VmTag;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.TagType;
import org.jspecify.annotations.Nullable;

/**
 * What tells exceptions apart, and says what they carry: guest code catches a {@link
 * TaggedException} by its tag. Two tags of the same type are different ones.
 */
public final class Tag implements Extern {
  private final Store<?> store;
  private final VmTag vm;

  Tag(Store<?> store, VmTag vm) {
    this.store = store;
    this.vm = vm;
  }

  /**
   * A new tag that no module defines.
   *
   * @throws IllegalArgumentException when its type has results or too many parameters
   * @throws IllegalStateException when the store is closed or in use by another thread
   */
  public static Tag create(Store<?> store, TagType type) {
    HostTypes.check(type);
    store.vm().enter();
    try {
      return new Tag(store, store.vm().newTag(type.function()));
    } finally {
      store.vm().leave();
    }
  }

  VmTag vm() {
    return vm;
  }

  @Override
  public TagType type() {
    return new TagType(vm.type());
  }

  @Override
  public Store<?> store() {
    return store;
  }

  FuncType carries() {
    return vm.type();
  }

  /** The same tag of the same store. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tag tag && tag.store == store && tag.vm.number() == vm.number();
  }

  @Override
  public int hashCode() {
    return vm.number();
  }

  @Override
  public String toString() {
    return type().toString();
  }
}
