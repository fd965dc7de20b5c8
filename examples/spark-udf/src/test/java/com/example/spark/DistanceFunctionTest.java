package com.example.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class DistanceFunctionTest {
  @Test
  void berlinToParis() {
    double kilometers = new DistanceFunction().call(52.52, 13.405, 48.8566, 2.3522);
    assertEquals(877.5, kilometers, 1);
    assertEquals(JavaDistance.kilometers(52.52, 13.405, 48.8566, 2.3522), kilometers);
  }

  /** The executors of a local Spark have serialized the function as remote ones do. */
  @Test
  void sparkHasTheSameOfBoth() throws IOException {
    try (SparkSession spark = Comparison.session()) {
      double module = Comparison.sum(spark, 10_000, "kilometers(lat1, lon1, lat2, lon2)");
      double java = Comparison.sum(spark, 10_000, "java_kilometers(lat1, lon1, lat2, lon2)");
      assertEquals(java, module, Math.abs(java) * 1e-12);
    }
  }
}
