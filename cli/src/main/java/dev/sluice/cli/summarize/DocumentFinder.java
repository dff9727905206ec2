package dev.sluice.cli.summarize;

import dev.sluice.cli.file.Input;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.InputProblems;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Finds the documents below a folder; skips hidden files and symbolic link loops. */
final class DocumentFinder extends SimpleFileVisitor<Path> {
  private final Path root;
  private final NamePattern pattern;
  private final Optional<Path> output;
  private final InputProblems inputProblems;
  private final List<Document> documents = new ArrayList<>();

  private DocumentFinder(
      Path root, NamePattern pattern, Optional<Path> output, InputProblems inputProblems) {
    this.root = root;
    this.pattern = pattern;
    this.output = output;
    this.inputProblems = inputProblems;
  }

  /**
   * Finds the documents, sorted by name.
   *
   * @param output the output file, which is skipped if it is in the folder
   * @param inputProblems collects unreadable files
   * @throws CommandException if the folder does not exist or is unreadable
   */
  static List<Document> documents(
      String folder, NamePattern pattern, Optional<Path> output, InputProblems inputProblems) {
    Path root = existing(folder);
    DocumentFinder visitor = new DocumentFinder(root, pattern, output, inputProblems);
    try {
      Files.walkFileTree(
          root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, visitor);
    } catch (IOException unreadable) {
      throw CommandException.invalidInput(
          "Cannot read folder %s: %s".formatted(folder, Input.reason(unreadable)));
    }
    visitor.documents.sort(Comparator.comparing(Document::name));
    return visitor.documents;
  }

  private static Path existing(String folder) {
    try {
      Path root = Path.of(folder);
      if (!Files.exists(root)) {
        throw CommandException.invalidInput("Folder %s does not exist.".formatted(folder));
      }
      if (!Files.isDirectory(root)) {
        throw CommandException.invalidInput("%s is a file: specify a folder.".formatted(folder));
      }
      return root;
    } catch (InvalidPathException invalid) {
      throw CommandException.invalidInput(
          "%s is not a valid path: %s".formatted(folder, invalid.getReason()));
    }
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
    return !folder.equals(root) && isHidden(folder)
        ? FileVisitResult.SKIP_SUBTREE
        : FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    String name = name(file);
    if (isHidden(file) || attributes.isOther() || !pattern.matches(name) || isOutput(file)) {
      return FileVisitResult.CONTINUE;
    }
    if (attributes.isSymbolicLink()) {
      inputProblems.add(name + " is a broken link");
    } else if (name.indexOf('\uFFFD') >= 0) {
      inputProblems.add(name + " has a name that is not UTF-8: rename it, or set LC_ALL=C.UTF-8");
    } else {
      documents.add(new Document(name, file));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
    if (file.equals(root)) {
      throw failure;
    }
    if (!isHidden(file) && !(failure instanceof FileSystemLoopException)) {
      inputProblems.add("%s cannot be read: %s".formatted(name(file), Input.reason(failure)));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
      throws IOException {
    return failure == null ? FileVisitResult.CONTINUE : visitFileFailed(folder, failure);
  }

  private boolean isOutput(Path file) throws IOException {
    return output.isPresent() && Files.exists(output.get()) && Files.isSameFile(file, output.get());
  }

  private static boolean isHidden(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().startsWith(".");
  }

  private String name(Path file) {
    return StreamSupport.stream(root.relativize(file).spliterator(), false)
        .map(Path::toString)
        .collect(Collectors.joining("/"));
  }
}
