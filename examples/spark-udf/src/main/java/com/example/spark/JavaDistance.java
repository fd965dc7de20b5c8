package com.example.spark;

import java.io.Serial;
import org.apache.spark.sql.api.java.UDF4;

/** The same in Java, step by step, to compare with. */
public final class JavaDistance implements UDF4<Double, Double, Double, Double, Double> {
  @Serial private static final long serialVersionUID = 1L;

  @Override
  public Double call(Double lat1, Double lon1, Double lat2, Double lon2) {
    return kilometers(lat1, lon1, lat2, lon2);
  }

  static double kilometers(double lat1, double lon1, double lat2, double lon2) {
    double h =
        square(sin(0.5 * radians(lat2 - lat1)))
            + cos(radians(lat1)) * cos(radians(lat2)) * square(sin(0.5 * radians(lon2 - lon1)));
    return 12742 * asin(Math.sqrt(Math.min(1, h)));
  }

  private static double sin(double angle) {
    double x = Math.abs(angle) > Math.PI / 2 ? Math.copySign(Math.PI, angle) - angle : angle;
    double s = x * x;
    return x
        * (1
            + s
                * (-0.16666666666666666
                    + s
                        * (0.008333333333333333
                            + s
                                * (-0.0001984126984126984
                                    + s * (2.7557319223985893e-6 + s * -2.505210838544172e-8)))));
  }

  private static double asin(double sine) {
    double x = sine / Math.sqrt(2 * (1 + Math.sqrt(1 - sine * sine)));
    double y = x;
    for (int i = 4; i != 0; i--) {
      double s = sin(y);
      y = y + (x - s) / Math.sqrt(1 - s * s);
    }
    return 2 * y;
  }

  private static double cos(double x) {
    return 1 - 2 * square(sin(x * 0.5));
  }

  private static double square(double x) {
    return x * x;
  }

  private static double radians(double degrees) {
    return degrees * 0.017453292519943295;
  }
}
