package com.example.spark;

import java.io.IOException;
import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF4;
import org.apache.spark.sql.types.DataTypes;

/** Sums distances in a local Spark, by the module and by Java, in turns. */
public final class Comparison {
  private static final int ROUNDS = 7;

  private Comparison() {}

  /**
   * @param args how many rows; 5 million if there is none
   */
  public static void main(String[] args) throws IOException {
    long rows = args.length > 0 ? Long.parseLong(args[0]) : 5_000_000;
    try (SparkSession spark = session()) {
      double[] module = new double[ROUNDS];
      double[] java = new double[ROUNDS];
      double[] neither = new double[ROUNDS];
      double[] sums = new double[2];
      for (int i = -2; i < ROUNDS; i++) { // two to warm up
        int round = Math.max(0, i);
        long start = System.nanoTime();
        sums[0] = sum(spark, rows, "kilometers(lat1, lon1, lat2, lon2)");
        long middle = System.nanoTime();
        sums[1] = sum(spark, rows, "java_kilometers(lat1, lon1, lat2, lon2)");
        long end = System.nanoTime();
        sum(spark, rows, "lat1 + lon1 + lat2 + lon2");
        module[round] = (middle - start) / 1e6;
        java[round] = (end - middle) / 1e6;
        neither[round] = (System.nanoTime() - end) / 1e6;
      }
      System.out.printf("%,d rows, sums %.6f and %.6f%n", rows, sums[0], sums[1]);
      System.out.printf(
          "module %.0f ms, Java %.0f ms, an expression of Spark's own %.0f ms (medians of %d)%n",
          median(module), median(java), median(neither), ROUNDS);
    }
  }

  static SparkSession session() {
    SparkSession spark =
        SparkSession.builder()
            .appName("kilometers")
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    register(spark, "kilometers", new DistanceFunction());
    register(spark, "java_kilometers", new JavaDistance());
    return spark;
  }

  private static void register(
      SparkSession spark, String name, UDF4<Double, Double, Double, Double, Double> function) {
    spark.udf().register(name, function, DataTypes.DoubleType);
  }

  static double sum(SparkSession spark, long rows, String expression) {
    Dataset<Row> places =
        spark
            .range(0, rows, 1, 4)
            .selectExpr(
                "cast(id % 180 - 90 as double) lat1",
                "cast(id % 360 - 180 as double) lon1",
                "cast(id % 179 - 89 as double) lat2",
                "cast(id % 359 - 179 as double) lon2");
    return places.selectExpr("sum(" + expression + ") s").first().getDouble(0);
  }

  private static double median(double[] times) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
