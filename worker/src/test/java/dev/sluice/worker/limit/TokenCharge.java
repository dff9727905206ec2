package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.LimitKind;

/** What a provider charges to its token limit, and when. */
enum TokenCharge {
  /** Characters ÷ 4 and the maximum reply at the admission, as OpenAI documents it. */
  CHARACTERS_AND_MAX("openai", LimitKind.TOKENS, 1),
  /** The counted prompt and the maximum reply at the admission. */
  COUNTED_AND_MAX("azure-openai", LimitKind.TOKENS, 1),
  /** The reported usage when the call ends. A call is admitted while any quota remains. */
  COUNTED_AFTERWARDS("groq", LimitKind.TOKENS, 0.9),
  /** The counted prompt at the admission. */
  PROMPT_ONLY("anthropic", LimitKind.INPUT_TOKENS, 0.9);

  final String dialect;
  final LimitKind kind;

  /** Our count of prompt tokens ÷ the provider's. */
  final double estimateFactor;

  TokenCharge(String dialect, LimitKind kind, double estimateFactor) {
    this.dialect = dialect;
    this.kind = kind;
    this.estimateFactor = estimateFactor;
  }

  /** Returns the tokens that a call is charged. */
  double amount(VirtualTask task) {
    return switch (this) {
      case CHARACTERS_AND_MAX -> task.promptCharacters() / 4.0 + task.maxReply();
      case COUNTED_AND_MAX -> task.promptTokens() + task.maxReply();
      case COUNTED_AFTERWARDS -> task.used().total();
      case PROMPT_ONLY -> task.promptTokens();
    };
  }

  EstimatedUsage estimate(VirtualTask task) {
    return new EstimatedUsage((long) (task.promptTokens() * estimateFactor), task.maxReply());
  }
}
