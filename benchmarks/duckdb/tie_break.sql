-- What an order by event time alone leaves open, the event's id decides.
create temp macro tie_break(id) as id;
