package dev.sluice.cli.client;

import static dev.sluice.cli.client.HttpTransport.encoded;

import dev.sluice.api.route.WaitReason;
import dev.sluice.api.task.TaskView;

/** Client for the producer's endpoints of tasks. */
public final class TasksApi {
  private static final String PATH = "/api/tasks/";

  private final HttpTransport transport;

  TasksApi(HttpTransport transport) {
    this.transport = transport;
  }

  /** A task with its calls, request and result. */
  public ApiResponse<TaskView> get(String id) throws InterruptedException {
    return transport.get(PATH + encoded(id), TaskView.class);
  }

  /** Explains what a task waits for. */
  public ApiResponse<WaitReason> why(String id) throws InterruptedException {
    return transport.get(PATH + encoded(id) + "/why", WaitReason.class);
  }
}
