package dev.tazza.vm.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stacks that were sampled, as a tree: those that begin alike share nodes. Not thread-safe.
 *
 * @param <F> what a frame is; by it frames are told apart
 */
public final class CallTree<F> {
  /** The node that all stacks begin at; it has no frame. */
  public static final int ROOT = 0;

  /** More are not made: a sample belongs to the frame that is there then. Some dozens of MB. */
  private static final int MOST_NODES = 1 << 20;

  /** Later samples are counted in their nodes, but have no time. */
  private static final int MOST_SAMPLES = 1 << 22;

  private record Edge<F>(int parent, F frame) {}

  private final Map<Edge<F>, Integer> nodes = new HashMap<>();

  /** By node; the root, which has none, is not counted. */
  private final List<Edge<F>> edges = new ArrayList<>();

  private int[] weights = new int[16];

  private int[] sampleNodes = new int[16];
  private int[] sampleWeights = new int[16];
  private long[] sampleNanos = new long[16];
  private int samples;

  /**
   * Adds a sample.
   *
   * @param stack innermost frame first
   * @param weight for how many it counts
   * @param nanos since the profile began
   */
  public void add(List<F> stack, int weight, long nanos) {
    int node = ROOT;
    for (F frame : stack.reversed()) {
      Edge<F> edge = new Edge<>(node, frame);
      Integer next = nodes.get(edge);
      if (next == null) {
        if (edges.size() == MOST_NODES) {
          break;
        }
        edges.add(edge);
        next = edges.size();
        nodes.put(edge, next);
      }
      node = next;
    }
    if (node >= weights.length) {
      weights = Arrays.copyOf(weights, Math.max(2 * weights.length, nodeCount()));
    }
    weights[node] += weight;
    if (samples < MOST_SAMPLES) {
      if (samples == sampleNodes.length) {
        sampleNodes = Arrays.copyOf(sampleNodes, 2 * samples);
        sampleWeights = Arrays.copyOf(sampleWeights, 2 * samples);
        sampleNanos = Arrays.copyOf(sampleNanos, 2 * samples);
      }
      sampleNodes[samples] = node;
      sampleWeights[samples] = weight;
      sampleNanos[samples++] = nanos;
    }
  }

  /** How many nodes there are; a node comes after its parent. */
  public int nodeCount() {
    return edges.size() + 1;
  }

  /** The caller's node. */
  public int parent(int node) {
    return edges.get(node - 1).parent();
  }

  /** The frame of a node that is not {@link #ROOT}. */
  public F frame(int node) {
    return edges.get(node - 1).frame();
  }

  /** The weight of the samples whose innermost frame this is. */
  public int weight(int node) {
    return node < weights.length ? weights[node] : 0;
  }

  /** How many samples have a time. */
  public int sampleCount() {
    return samples;
  }

  /** The node of a sample. */
  public int sampleNode(int sample) {
    return sampleNodes[sample];
  }

  /** The weight of a sample. */
  public int sampleWeight(int sample) {
    return sampleWeights[sample];
  }

  /** When a sample was taken. */
  public long sampleNanos(int sample) {
    return sampleNanos[sample];
  }
}
