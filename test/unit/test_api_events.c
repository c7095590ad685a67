/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/events.c and sse.c. */
#include <pthread.h>
#include <string.h>

#include "core_rig.h"
#include "law.h"
#include "server/api/arena.h"
#include "server/api/events.h"
#include "server/api/sse.h"

/* One that listens, and sleeps until it is woken. */
struct ear {
    pthread_mutex_t lock;
    pthread_cond_t woken;
    unsigned wakes;
    unsigned sleeps;
};
#define EAR                                                                                    \
    {                                                                                          \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0                              \
    }

static void wake(void *ctx)
{
    struct ear *ear = ctx;

    (void)pthread_mutex_lock(&ear->lock);
    ear->wakes++;
    (void)pthread_cond_signal(&ear->woken);
    (void)pthread_mutex_unlock(&ear->lock);
}

static void note_sleep(void *ctx)
{
    ((struct ear *)ctx)->sleeps++;
}

static unsigned wakes_of(struct ear *ear)
{
    unsigned wakes;

    (void)pthread_mutex_lock(&ear->lock);
    wakes = ear->wakes;
    (void)pthread_mutex_unlock(&ear->lock);
    return wakes;
}

static void wait_for_wake(struct ear *ear, unsigned wakes)
{
    (void)pthread_mutex_lock(&ear->lock);
    while (ear->wakes < wakes)
        (void)pthread_cond_wait(&ear->woken, &ear->lock);
    (void)pthread_mutex_unlock(&ear->lock);
}

static struct rig rig;
static struct events *events;

static void begin(void)
{
    uint8_t key[E4_KEY_SIZE] = {1};

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(client_new(rig.core, "test", "alice", key, sizeof key, &rig.err) == 0);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    CHECK(events_start(&events, rig.core, &rig.err) == 0);
}

static void end(void)
{
    events_stop(events);
    rig_close(&rig);
}

static void come_and_go(void)
{
    CHECK(link_topic(rig.core, "test", "alice", "room", &rig.err) == 0);
    CHECK(unlink_topic(rig.core, "test", "alice", "room", &rig.err) == 0);
}

/* The next event; it waits for one. */
static int next(struct listener *listener, struct ear *ear, Pb__Event **event,
                struct arena *arena)
{
    int64_t number;
    int found;

    while ((found = events_next(listener, event, &number, arena, &rig.err)) == 0) {
        unsigned wakes = wakes_of(ear);

        if (events_wait(listener, note_sleep))
            wait_for_wake(ear, wakes + 1);
    }
    return found;
}

TEST(a_listener_gets_what_happens_from_then_on_in_order)
{
    struct ear ear = EAR;
    struct listener *listener;
    struct arena arena;
    Pb__Event *event;

    begin();
    come_and_go(); /* before anybody listens */
    CHECK(events_join(&listener, events, wake, &ear, &rig.err) == 0);
    arena_start(&arena, 1 << 16);
    for (int i = 0; i < 4; i++) {
        CHECK(link_topic(rig.core, "test", "alice", "room", &rig.err) == 0);
        CHECK(next(listener, &ear, &event, &arena) == 1);
        CHECK(event->type == PB__EVENT_TYPE__CLIENT_SUBSCRIBED);
        assert_string_equal(event->source, "alice");
        assert_string_equal(event->target, "room");
        CHECK(event->timestamp->seconds == (int64_t)rig.now_s);
        CHECK(unlink_topic(rig.core, "test", "alice", "room", &rig.err) == 0);
        CHECK(next(listener, &ear, &event, &arena) == 1);
        CHECK(event->type == PB__EVENT_TYPE__CLIENT_UNSUBSCRIBED);
    }
    CHECK(ear.sleeps >= wakes_of(&ear));
    arena_end(&arena);
    events_leave(listener);
    end();
}

TEST(listeners_come_and_go_without_each_other)
{
    struct ear ear[3] = {EAR, EAR, EAR};
    struct listener *listener[3];
    struct arena arena;
    Pb__Event *event;

    begin();
    arena_start(&arena, 1 << 16);
    for (size_t i = 0; i < COUNT(listener); i++) {
        CHECK(events_join(&listener[i], events, wake, &ear[i], &rig.err) == 0);
        come_and_go();
    }
    for (size_t i = 0; i < COUNT(listener); i++) {
        for (size_t n = 0; n < 2 * (COUNT(listener) - i); n++)
            CHECK_AT(i, next(listener[i], &ear[i], &event, &arena) == 1);
        events_leave(listener[i]);
    }
    events_leave(NULL);
    /* And from the beginning, with nobody left. */
    CHECK(events_join(&listener[0], events, wake, &ear[0], &rig.err) == 0);
    come_and_go();
    CHECK(next(listener[0], &ear[0], &event, &arena) == 1);
    CHECK(event->type == PB__EVENT_TYPE__CLIENT_SUBSCRIBED);
    events_leave(listener[0]);
    arena_end(&arena);
    end();
}

TEST(one_that_falls_behind_is_told_so_and_others_are_not_held_up)
{
    struct ear slow_ear = EAR;
    struct ear quick_ear = EAR;
    struct listener *slow;
    struct listener *quick;
    struct arena arena;
    Pb__Event *event;
    int64_t number;

    begin();
    CHECK(events_join(&slow, events, wake, &slow_ear, &rig.err) == 0);
    CHECK(events_join(&quick, events, wake, &quick_ear, &rig.err) == 0);
    arena_start(&arena, 1 << 24);
    for (int i = 0; i < 600; i++) {
        come_and_go();
        CHECK(next(quick, &quick_ear, &event, &arena) == 1);
        CHECK(next(quick, &quick_ear, &event, &arena) == 1);
    }
    CHECK(events_next(slow, &event, &number, &arena, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_BUSY);
    arena_end(&arena);
    events_leave(slow);
    events_leave(quick);
    end();
}

TEST(at_the_end_nobody_waits)
{
    struct ear ear = EAR;
    struct listener *listener;
    struct arena arena;
    Pb__Event *event;
    int64_t number;

    begin();
    arena_start(&arena, 1 << 16);
    CHECK(events_join(&listener, events, wake, &ear, &rig.err) == 0);
    CHECK(events_wait(listener, NULL));
    events_end(events);
    wait_for_wake(&ear, 1);
    CHECK(!events_wait(listener, NULL));
    CHECK(events_next(listener, &event, &number, &arena, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_UNAVAILABLE);
    events_leave(listener);
    arena_end(&arena);
    end();
}

TEST(there_is_an_end_to_how_many_listen)
{
    static struct listener *listener[1000];
    struct listener *one_more;
    struct ear ear = EAR;

    begin();
    for (size_t i = 0; i < COUNT(listener); i++)
        CHECK_AT(i, events_join(&listener[i], events, wake, &ear, &rig.err) == 0);
    CHECK(events_join(&one_more, events, wake, &ear, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_BUSY);
    for (size_t i = 0; i < COUNT(listener); i++)
        events_leave(listener[i]);
    end();
}

/* All the text that is there, a few bytes at a time. */
static size_t read_all(struct sse *sse, struct ear *ear, char *text, size_t cap, unsigned lines)
{
    size_t used = 0;
    unsigned seen = 0;

    while (seen < lines) {
        size_t len;

        CHECK(sse_read(sse, text + used, used + 7 < cap ? 7 : cap - used, &len) == 0);
        for (size_t i = 0; i < len; i++)
            seen += text[used + i] == '\n';
        used += len;
        if (len == 0) {
            unsigned wakes = wakes_of(ear);

            if (sse_wait(sse, note_sleep))
                wait_for_wake(ear, wakes + 1);
        }
    }
    text[used] = '\0';
    return used;
}

TEST(as_text_a_stream_begins_with_a_comment_and_then_has_events)
{
    struct ear ear = EAR;
    struct sse *sse;
    char text[1024];
    size_t len;

    begin();
    CHECK(sse_open(&sse, events, wake, &ear, &rig.err) == 0);
    CHECK(read_all(sse, &ear, text, sizeof text, 2) > 0);
    assert_string_equal(text, ":\n\n");
    CHECK(link_topic(rig.core, "test", "alice", "room", &rig.err) == 0);
    CHECK(read_all(sse, &ear, text, sizeof text, 4) > 0);
    CHECK(strncmp(text, "id: ", 4) == 0);
    CHECK(strstr(text, "\nevent: CLIENT_SUBSCRIBED\ndata: {\"type\":\"CLIENT_SUBSCRIBED\","
                       "\"source\":\"alice\",\"target\":\"room\",\"timestamp\":\"") != NULL);
    CHECK(strcmp(text + strlen(text) - 4, "\"}\n\n") == 0);
    events_end(events);
    CHECK(!sse_wait(sse, note_sleep));
    CHECK(read_all(sse, &ear, text, sizeof text, 2) > 0);
    assert_string_equal(text, ": the server is stopping\n\n");
    CHECK(sse_read(sse, text, sizeof text, &len) == -1 && len == 0);
    sse_close(sse);
    sse_close(NULL);
    end();
}

LAWS(LAW(a_listener_gets_what_happens_from_then_on_in_order),
     LAW(listeners_come_and_go_without_each_other),
     LAW(one_that_falls_behind_is_told_so_and_others_are_not_held_up),
     LAW(at_the_end_nobody_waits), LAW(there_is_an_end_to_how_many_listen),
     LAW(as_text_a_stream_begins_with_a_comment_and_then_has_events))
