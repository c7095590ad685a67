/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/watch.c. A disk that fills up, and a database and a broker that go away,
 * are in test/scenario/server_disk.sh and server_metrics.sh. */
#include <string.h>

#include "core_rig.h"
#include "law.h"
#include "server/core/watch.h"

TEST(a_server_is_ready_with_a_database_a_broker_and_room_on_the_disk)
{
    static const struct {
        struct watch_health health;
        bool ready;
    } row[] = {
        {{.database = true, .broker = true}, true},
        {{.database = true, .broker = true, .disk = WATCH_OVER_95}, true},
        {{.database = true, .broker = true, .disk = WATCH_FULL}, false},
        {{.database = true}, false},
        {{.broker = true}, false},
    };

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, watch_is_ready(&row[i].health) == row[i].ready);
}

TEST(what_there_is_and_what_is_done_is_counted)
{
    static struct device alice;
    struct watch_counts counts;
    struct watch *watch;
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(watch_start(&watch, rig.core, "/", &rig.err) == 0);
    CHECK(watch_count(watch, &counts, &rig.err) == 0);
    CHECK(counts.clients == 0 && counts.topics == 0 && counts.commands == 0);
    rig_device(&rig, &alice, "alice", 1);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "alice", "room", &rig.err) == 0);
    CHECK(watch_count(watch, &counts, &rig.err) == 0);
    CHECK(counts.clients == 1 && counts.topics == 1 && counts.commands == 1);
    CHECK(counts.oldest_s >= 0);
    CHECK(watch_tally(watch, TALLY_CHANGES) == 3 && watch_tally(watch, TALLY_SENT) == 0);
    rig_send(&rig);
    CHECK(watch_tally(watch, TALLY_SENT) == 1 && watch_tally(watch, TALLY_ACKNOWLEDGED) == 1);
    CHECK(watch_tally(watch, TALLY_REFUSED) == 0);
    CHECK(watch_count(watch, &counts, &rig.err) == 0);
    CHECK(counts.commands == 0 && counts.oldest_s == 0);
    watch_stop(watch);
    rig_close(&rig);
}

TEST(health_is_looked_at_from_the_beginning)
{
    struct watch_health health;
    struct watch *watch;
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(watch_start(&watch, rig.core, "/", &rig.err) == 0);
    watch_health(watch, &health);
    CHECK(health.database && health.audit_file && !health.broker && health.disk_size > 0);
    rig_send(&rig); /* the dispatcher sees that the broker is there */
    watch_health(watch, &health);
    CHECK(health.broker);
    watch_stop(watch);
    CHECK(watch_start(&watch, rig.core, "/there/is/no/such/folder", &rig.err) == 0);
    watch_health(watch, &health);
    CHECK(health.disk_size == 0 && health.disk == WATCH_FINE);
    watch_stop(watch);
    watch_stop(NULL);
    rig_close(&rig);
}

LAWS(LAW(a_server_is_ready_with_a_database_a_broker_and_room_on_the_disk),
     LAW(what_there_is_and_what_is_done_is_counted),
     LAW(health_is_looked_at_from_the_beginning))
