package dev.tazza.sandbox;

import java.util.Arrays;

/**
 * Which blocks control has come to only by way of a certain one. When that is visited again,
 * because less is known there in another round of a loop, what was known of them is to be found out
 * anew: it would be joined with what is known in this round, and values that are made by the same
 * instructions would have nothing in common any more.
 *
 * <p>Only ways that control has taken count: those out of visited blocks. {@link Blocks} has found
 * them, and control takes no others. The time of a search is in proportion to what it finds.
 */
final class Rounds {
  private final Blocks blocks;

  /** By block: whether it was visited. */
  private boolean[] isVisited = new boolean[64];

  /** Whether ways are counted, which is only done when there is a search. */
  private boolean isCounted;

  /** By block: how many ways lead there from visited blocks that are before it, and from others. */
  private int[] ahead = new int[64];

  private int[] back = new int[64];

  /** By block: of these, those out of members, if the search is the one under way. */
  private int[] aheadSeen = new int[64];

  private int[] backSeen = new int[64];
  private int[] seenIn = new int[64];
  private int search;

  /** The members that were found. */
  int[] members = new int[64];

  int count;

  Rounds(Blocks blocks) {
    this.blocks = blocks;
  }

  /** Nothing has been visited. */
  void start() {
    int room = blocks.count;
    if (isVisited.length < room) {
      isVisited = new boolean[room * 2];
      ahead = new int[room * 2];
      back = new int[room * 2];
      aheadSeen = new int[room * 2];
      backSeen = new int[room * 2];
      seenIn = new int[room * 2];
      members = new int[room * 2];
      search = 0;
    }
    Arrays.fill(isVisited, 0, room, false);
    isCounted = false;
  }

  /** A block is visited. */
  void visit(int block) {
    if (isVisited[block]) {
      return;
    }
    isVisited[block] = true;
    if (isCounted) {
      count(block);
    }
  }

  private void count(int block) {
    int place = blocks.place[block];
    for (int k = blocks.firstSuccessor[block]; k < blocks.firstSuccessor[block + 1]; k++) {
      int successor = blocks.successors[k];
      if (blocks.place[successor] > place) {
        ahead[successor]++;
      } else {
        back[successor]++;
      }
    }
  }

  private void countAll() {
    Arrays.fill(ahead, 0, blocks.count, 0);
    Arrays.fill(back, 0, blocks.count, 0);
    for (int block = 0; block < blocks.count; block++) {
      if (isVisited[block]) {
        count(block);
      }
    }
    isCounted = true;
  }

  /** Finds the {@link #members}, which control came to by way of {@code start}, itself aside. */
  void find(int start) {
    if (!isCounted) {
      countAll();
    }
    search++;
    count = 0;
    follow(start, start);
    for (int i = 0; i < count; i++) {
      if (isVisited[members[i]]) {
        follow(members[i], start);
      }
    }
    for (int i = 0; i < count; i++) {
      int block = members[i];
      if (backSeen[block] != back[block]) {
        // A loop that is entered elsewhere, too.
        count = 0;
      }
    }
  }

  private void follow(int block, int start) {
    int place = blocks.place[block];
    for (int k = blocks.firstSuccessor[block]; k < blocks.firstSuccessor[block + 1]; k++) {
      int successor = blocks.successors[k];
      if (seenIn[successor] != search) {
        seenIn[successor] = search;
        aheadSeen[successor] = 0;
        backSeen[successor] = 0;
      }
      if (blocks.place[successor] <= place) {
        backSeen[successor]++;
      } else if (++aheadSeen[successor] == ahead[successor] && successor != start) {
        members[count++] = successor;
      }
    }
  }
}
