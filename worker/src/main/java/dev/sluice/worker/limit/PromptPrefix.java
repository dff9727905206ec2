package dev.sluice.worker.limit;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The beginning of a prompt, so that requests with the same beginning stay with one member, whose
 * prompt cache has it.
 *
 * <p>Rendezvous hashing: each member has a distance from the prefix, and the nearest one is
 * preferred. All workers agree without messages. Without a member, only its prefixes move.
 *
 * @param hash of the bytes
 */
record PromptPrefix(long hash) {
  /** Providers cache prompts from 1,024 tokens on, which are at least 2 KiB in most languages. */
  private static final int MAX_BYTES = 2 * 1024;

  private static final JsonFactory FACTORY = Json.factory();

  /** The members of a request that the prompt consists of. */
  private static final Set<String> PROMPT =
      Set.of("tools", "system", "instructions", "messages", "input", "prompt");

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** The prefix of a request: the bytes from its conversation on, without the members before. */
  static PromptPrefix of(Payload request) {
    byte[] bytes = request.bytes();
    int start = start(bytes);
    int end = Math.min(bytes.length, start + MAX_BYTES);
    return new PromptPrefix(fnv(FNV_OFFSET, bytes, start, end));
  }

  /** The offset of the first member that is a part of the prompt; 0 if there is none. */
  private static int start(byte[] request) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), request)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return 0;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        if (PROMPT.contains(parser.currentName())) {
          int offset = (int) parser.currentTokenLocation().getByteOffset();
          return Math.clamp(offset, 0, request.length);
        }
        parser.nextToken();
        parser.skipChildren();
      }
    } catch (JacksonException notJson) {
      return 0;
    }
    return 0;
  }

  /** Returns the distance of a member, a number without a unit. */
  long distance(String member) {
    byte[] name = member.getBytes(StandardCharsets.UTF_8);
    return mix(fnv(hash, name, 0, name.length)) >>> 1;
  }

  private static long fnv(long seed, byte[] bytes, int from, int to) {
    long hash = seed;
    for (int i = from; i < to; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** The finalizer of SplitMix64: neighbouring hashes get independent distances. */
  private static long mix(long hash) {
    long mixed = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
