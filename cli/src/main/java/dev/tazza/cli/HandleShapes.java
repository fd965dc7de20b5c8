package dev.tazza.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * Method handles of the shapes that linking native access makes, for a training run.
 *
 * <p>The JVM spins a class for each shape of method handle that it meets, 0.4 ms each in a fresh
 * process. The AOT cache does not keep those of the linker, but it keeps those of the lambdas that
 * a training run linked, and a shape is only what the JVM sees of a type: object, {@code int},
 * {@code long}. So these do nothing, and their shapes are there when the linker asks. Which are
 * still missing tells {@code -Djava.lang.invoke.MethodHandle.TRACE_RESOLVE=true}.
 */
class HandleShapes { // not final: a call of its methods would have another shape
  private interface ObjectToLong {
    long call(Object a);
  }

  private interface ObjectLongObject {
    void call(Object a, long b, Object c);
  }

  private interface TwoLongs {
    long call(long a, long b);
  }

  private interface FourLongs {
    long call(long a, long b, long c, long d);
  }

  private interface SevenLongs {
    long call(long a, long b, long c, long d, long e, long f, long g);
  }

  private interface ThreeObjects {
    Object call(Object a, Object b, Object c);
  }

  private interface TwoObjectsSixLongs {
    long call(Object a, Object b, long c, long d, long e, long f, long g, long h);
  }

  private interface LongObjectToObject {
    Object call(long a, Object b);
  }

  private interface TwoLongsToObject {
    Object call(long a, long b);
  }

  /** Makes one of each. */
  static void link() {
    HandleShapes receiver = new HandleShapes();
    LongObjectToObject longAndObject = (a, b) -> b;
    TwoLongsToObject twoLongs = (a, b) -> receiver;
    receiver.linkVirtual();
    linkStatic();
    linkInterface(longAndObject, twoLongs);
    linkExact();
  }

  private static List<Object> linkStatic() {
    return List.of(
        (ObjectToLong) HandleShapes::toLong,
        (ObjectLongObject) HandleShapes::take,
        (TwoLongs) HandleShapes::first,
        (FourLongs) HandleShapes::first,
        (TwoObjectsSixLongs) HandleShapes::third);
  }

  /** Of virtual methods, and of private ones: what a lambda that uses {@code this} becomes. */
  private List<Object> linkVirtual() {
    return List.of(
        (ThreeObjects) this::choose,
        (SevenLongs) (a, b, c, d, e, f, g) -> a + hashCode(),
        (TwoObjectsSixLongs) (a, b, c, d, e, f, g, h) -> c + hashCode());
  }

  private static List<Object> linkInterface(LongObjectToObject one, TwoLongsToObject other) {
    return List.of((LongObjectToObject) one::call, (TwoLongsToObject) other::call);
  }

  /** The call of a handle, where the stub of the linker calls native code. */
  private static long linkExact() {
    MethodType type =
        MethodType.methodType(
            long.class,
            long.class,
            long.class,
            long.class,
            long.class,
            long.class,
            long.class,
            long.class);
    try {
      MethodHandle first = MethodHandles.lookup().findStatic(HandleShapes.class, "first", type);
      return (long) first.invokeExact(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static long toLong(Object a) {
    return a.hashCode();
  }

  private static void take(Object a, long b, Object c) {}

  private static long first(long a, long b) {
    return a;
  }

  private static long first(long a, long b, long c, long d) {
    return a;
  }

  private static long first(long a, long b, long c, long d, long e, long f, long g) {
    return a;
  }

  private static long third(Object a, Object b, long c, long d, long e, long f, long g, long h) {
    return c;
  }

  Object choose(Object a, Object b, Object c) {
    return a;
  }
}
