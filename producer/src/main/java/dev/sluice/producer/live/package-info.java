/**
 * Accepts live calls at OpenAI's paths, sends them through the live lane and returns the replies.
 */
@NullMarked
package dev.sluice.producer.live;

import org.jspecify.annotations.NullMarked;
