@NullMarked
package dev.sluice.producer;

import org.jspecify.annotations.NullMarked;
