// What each failure code of a task means.

const MEANINGS = {
  invalid_request: 'The provider rejected the request as invalid.',
  context_length_exceeded: 'The prompt exceeds the context length of the model.',
  content_filtered: 'The provider’s content filter rejected the prompt.',
  request_too_large: 'The request exceeds the provider’s maximum size.',
  reply_too_large: 'The response exceeds the maximum message size.',
  cut_off: 'The provider cut off the answer at the token limit of the request.',
  invalid_output: 'The answers do not fit the JSON schema of the batch.',
  part_failed: 'A task whose answer the request is made from has no answer. Replay that task.',
  does_not_converge: 'The answers for the parts of the document are too long to be combined.',
  attempts_exhausted:
    'Every attempt failed: no complete response, a 5xx or a timeout, or the key was rejected or ' +
    'the quota used up. The error is that of the last attempt.',
  deadline_exceeded: 'The task did not finish before its deadline.',
  malformed_task: 'The message is not a valid task.',
  delivery_limit: 'The broker reached the delivery limit: workers never settled the message.',
};

export const meaningOf = (code) => MEANINGS[code] ?? '';
