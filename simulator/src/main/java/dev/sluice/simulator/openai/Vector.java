package dev.sluice.simulator.openai;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A unit vector that is a deterministic function of model, text and dimensions. */
final class Vector {
  private final float[] numbers;

  private Vector(float[] numbers) {
    this.numbers = numbers;
  }

  static Vector of(String model, String text, int dimensions) {
    SplittableRandom random = new SplittableRandom(seed(model + '\n' + text));
    double[] raw = new double[dimensions];
    double squares = 0;
    for (int i = 0; i < dimensions; i++) {
      raw[i] = random.nextGaussian();
      squares += raw[i] * raw[i];
    }
    double length = Math.sqrt(squares);
    float[] numbers = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      numbers[i] = (float) (raw[i] / length);
    }
    return new Vector(numbers);
  }

  private static long seed(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(hash).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  void forEach(Consumer<Float> each) {
    for (float number : numbers) {
      each.accept(number);
    }
  }

  /** Little-endian floats, as OpenAI's SDKs expect. */
  String base64() {
    ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      bytes.putFloat(number);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
