/** The main job from the outside: a folder of documents goes in, summaries come out. */
@NullMarked
package dev.sluice.system.summaries;

import org.jspecify.annotations.NullMarked;
