package com.example.spark;

import java.io.Serial;
import org.apache.spark.sql.api.java.UDF4;

/**
 * The function for Spark: {@code spark.udf().register("kilometers", new DistanceFunction(),
 * DataTypes.DoubleType)}. What is sent to executors is an empty object; the module comes in the
 * application's jar, compiled.
 */
public final class DistanceFunction implements UDF4<Double, Double, Double, Double, Double> {
  @Serial private static final long serialVersionUID = 1L;

  @Override
  public Double call(Double lat1, Double lon1, Double lat2, Double lon2) {
    return DistanceGuest.mine().kilometers(lat1, lon1, lat2, lon2);
  }
}
