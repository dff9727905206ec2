package dev.sluice.producer.batch.validate;

import dev.sluice.producer.store.NewDependents.Dependencies;

/**
 * The estimated tokens of a request, and for one that is made from the answers of others, of the
 * requests that combine these in levels. Each answer is estimated as long as its own reply.
 */
record CombinedUsage(long prompt, long reply) {
  static CombinedUsage of(ParsedLine.Request request) {
    Dependencies dependencies = request.dependencies();
    if (dependencies == null) {
      return new CombinedUsage(request.prompt(), request.reply());
    }
    long answers = dependencies.customIds().size();
    long perAnswer = Math.max(1, request.reply());
    Long limit = dependencies.maxTokens();
    long prompt = 0;
    long reply = 0;
    while (limit != null && answers * perAnswer > limit && limit >= 2 * perAnswer) {
      long calls = Math.ceilDiv(answers, limit / perAnswer);
      prompt += answers * perAnswer + calls * request.prompt();
      reply += calls * request.reply();
      answers = calls;
    }
    return new CombinedUsage(
        prompt + request.prompt() + answers * perAnswer, reply + request.reply());
  }
}
