/**
 * One picture of everything, made once a second for all who look. Depends on {@code access}, {@code
 * batch}, {@code cost}, {@code desk}, {@code error}, {@code fleet}, {@code listing}, {@code live},
 * {@code loop}, {@code status} and {@code why}.
 */
@NullMarked
package dev.sluice.producer.overview;

import org.jspecify.annotations.NullMarked;
