package dev.sluice.system.ship;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The stages of the Dockerfile, each with its own instructions and those of its base stages. */
final class Dockerfile {
  private final Map<String, List<Instruction>> stages = new LinkedHashMap<>();

  /** One instruction, for example COPY and its arguments. */
  record Instruction(String keyword, String arguments) {}

  Dockerfile(String text) {
    List<Instruction> stage = new ArrayList<>();
    String joined = text.replaceAll("(?m)^\\s*#.*\\R", "").replaceAll("\\\\\\R", " ");
    for (String line : joined.lines().filter(one -> !one.isBlank()).toList()) {
      String[] words = line.strip().split("\\s+", 2);
      if (words[0].equals("FROM")) {
        String[] from = words[1].split("\\s+", -1);
        stage = new ArrayList<>(stages.getOrDefault(from[0], List.of()));
        stages.put(from[2], stage);
      } else {
        stage.add(new Instruction(words[0], words[1]));
      }
    }
  }

  Set<String> stages() {
    return stages.keySet();
  }

  /** Arguments of each instruction with this keyword, in file order. */
  List<String> all(String stage, String keyword) {
    return stages.getOrDefault(stage, List.of()).stream()
        .filter(one -> one.keyword().equals(keyword))
        .map(Instruction::arguments)
        .toList();
  }

  Optional<String> last(String stage, String keyword) {
    return all(stage, keyword).stream().reduce((earlier, later) -> later);
  }

  /** The environment variables that a stage sets. */
  Map<String, String> environment(String stage) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String line : all(stage, "ENV")) {
      for (String one : line.split("\\s+", -1)) {
        variables.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
      }
    }
    return variables;
  }
}
