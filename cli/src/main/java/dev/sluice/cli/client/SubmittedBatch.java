package dev.sluice.cli.client;

import dev.sluice.cli.terminal.InterruptMessage;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A batch that was made of a file.
 *
 * @param batch its id
 * @param file the id of its batch file
 */
public record SubmittedBatch(String batch, String file) {

  /**
   * A batch file to send.
   *
   * @param filename its name for the producer
   * @param endpoint the path that its lines call
   * @param window how long it may take, as OpenAI writes it ({@code 24h})
   * @param name what people call the batch
   * @param priority its weight against other batches
   */
  public record SubmitRequest(
      Path file,
      String filename,
      String endpoint,
      String window,
      Optional<String> name,
      OptionalInt priority) {

    /** Uploads the file and makes the batch. */
    public SubmittedBatch send(SluiceClient client, Terminal terminal)
        throws IOException, InterruptedException {
      return InterruptMessage.during(
          () -> {
            String fileId = client.upload(file, filename);
            BatchRequest request = new BatchRequest(fileId, endpoint, window, name, priority);
            return new SubmittedBatch(client.createBatch(request), fileId);
          },
          () -> terminal.say("Interrupted before the batch was made."));
    }
  }
}
