package dev.sluice.cli.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class SampleTest {
  @Test
  void sampleIsSpreadEvenlyOverTheSizes() {
    long[] sizes = {50, 10, 40, 30, 20};

    assertThat(Sample.of(sizes, 1)).isEqualTo(positions(3));
    assertThat(Sample.of(sizes, 2)).isEqualTo(positions(0, 1));
    assertThat(Sample.of(sizes, 3)).isEqualTo(positions(0, 1, 3));
    assertThat(Sample.of(new long[] {7, 7, 7}, 2)).isEqualTo(positions(0, 2));
  }

  @Test
  void selectedRequestsKeepTheirOrderAndBytes() throws IOException {
    try (RequestFile all =
            RequestFile.of(
                sink -> {
                  for (int i = 0; i < 300; i++) {
                    sink.add("ä" + i, ("{\"n\":" + i + "}").getBytes(UTF_8));
                  }
                });
        RequestFile selected = all.select(positions(0, 7, 299))) {
      assertThat(all.count()).isEqualTo(300);
      assertThat(all.bytes()).isEqualTo(Files.size(all.path()));
      assertThat(selected.path())
          .hasContent(
              """
              {"custom_id":"ä0","method":"POST","url":"/v1/chat/completions","body":{"n":0}}
              {"custom_id":"ä7","method":"POST","url":"/v1/chat/completions","body":{"n":7}}
              {"custom_id":"ä299","method":"POST","url":"/v1/chat/completions","body":{"n":299}}
              """);
      assertThat(selected.bytes()).isEqualTo(Files.size(selected.path()));
    }
  }

  private static BitSet positions(int... positions) {
    BitSet set = new BitSet();
    for (int position : positions) {
      set.set(position);
    }
    return set;
  }
}
