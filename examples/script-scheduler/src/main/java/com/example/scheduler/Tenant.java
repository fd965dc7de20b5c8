package com.example.scheduler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/** Somebody whose scripts run, and what they have paid for. Thread-safe. */
public final class Tenant {
  private final String name;
  private final AtomicLong fuel;

  /** Scripts that wait for a turn, and the one that has it. */
  private final Deque<Runnable> scripts = new ArrayDeque<>(); // guarded by itself

  /**
   * @param fuel what all scripts together may use up; about one for each instruction
   */
  public Tenant(String name, long fuel) {
    this.name = name;
    this.fuel = new AtomicLong(fuel);
  }

  public String name() {
    return name;
  }

  /** What is left. */
  public long fuel() {
    return fuel.get();
  }

  /** Takes what there is, at most so much. */
  long take(long most) {
    long before = fuel.getAndUpdate(left -> left - Math.min(left, most));
    return Math.min(before, most);
  }

  void giveBack(long unused) {
    fuel.addAndGet(unused);
  }

  /** Appends a script; true if it waits for no other of this tenant's. */
  boolean await(Runnable script) {
    synchronized (scripts) {
      scripts.addLast(script);
      return scripts.size() == 1;
    }
  }

  /** Runs the first script; true if there are more. */
  boolean runNext() {
    Runnable next;
    synchronized (scripts) {
      next = scripts.getFirst();
    }
    next.run();
    synchronized (scripts) {
      scripts.removeFirst();
      return !scripts.isEmpty();
    }
  }
}
