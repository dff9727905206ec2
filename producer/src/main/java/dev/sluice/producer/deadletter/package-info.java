/**
 * The dead-letter desk: from the broker's dead letters to what a person reads, mends and sends
 * again. Depends on {@code access}, {@code batch}, {@code cost}, {@code database}, {@code error},
 * {@code dispatch}, {@code listing}, {@code loop} and {@code validate}.
 */
@NullMarked
package dev.sluice.producer.deadletter;

import org.jspecify.annotations.NullMarked;
