/**
 * One picture of everything, made once a second for all who look. Depends on {@code access}, {@code
 * batch}, {@code cost}, {@code error}, {@code report}, {@code listing}, {@code live}, {@code loop},
 * {@code status} and {@code explain}.
 */
@NullMarked
package dev.sluice.producer.overview;

import org.jspecify.annotations.NullMarked;
